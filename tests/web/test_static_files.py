import gzip

import pytest
from django.templatetags.static import static

from glisson.web.static_files import StaticFirst


async def get(path, method="GET", **headers):
    """What the application answers: status, headers, body."""
    sent = []

    async def behind(scope, receive, send):
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b"django"})

    async def send(message):
        sent.append(message)

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    await StaticFirst(behind)({"type": "http", "method": method, "path": path, "headers": named}, None, send)
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], found, b"".join(message.get("body", b"") for message in sent[1:])


async def test_a_style_sheet_is_served_small_and_whole():
    status, headers, plain = await get("/static/css/parts.css")
    assert (status, headers["content-type"]) == (200, 'text/css; charset="utf-8"')
    status, headers, small = await get("/static/css/parts.css", accept_encoding="gzip")
    assert headers["content-encoding"] == "gzip"
    assert len(small) < len(plain) / 3
    assert gzip.decompress(small) == plain
    assert int(headers["content-length"]) == len(small)


async def test_what_the_browser_has_is_not_sent_again():
    _, headers, _ = await get("/static/css/parts.css")
    status, _, body = await get("/static/css/parts.css", if_none_match=headers["etag"])
    assert (status, body) == (304, b"")


@pytest.mark.parametrize("path", ["/static/../settings.py", "/static/css/none.css", "/", "/static/"])
async def test_everything_else_goes_to_the_pages(path):
    assert (await get(path))[2] == b"django"


def test_an_address_carries_the_hash_of_the_content():
    address = static("css/parts.css")
    assert address.startswith("/static/css/parts.css?v=")
    assert len(address.split("=")[1]) == 12
