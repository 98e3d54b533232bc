"""A right that ends, ends within one part: over the real server, with pictures flowing."""

import asyncio
import json
import time

import pytest
import websockets

from tests.streaming.living import Roster, encoder, feed, make_pass, plane

PART = 0.34


async def watch(ws, seen):
    """Note when each picture arrives and what is said, until the server closes."""
    async for message in ws:
        seen.append((time.monotonic(), message if isinstance(message, str) else len(message)))


ENDS = {
    "revoked": lambda web: web.revoke("chen"),
    "old epoch": lambda web: _raise_epoch(web),
    "not on air": lambda web: web.turn("f1", state="armed"),
    "closed": lambda web: web.turn("f1", state="closed"),
}


async def _raise_epoch(web):
    web.roster.document["groups"]["g1"]["epoch"] = 1
    await web.put()


@pytest.mark.parametrize("way", ENDS)
async def test_a_websocket_viewer_gets_nothing_more(tmp_path, clip, way):
    async with plane(tmp_path, Roster(f1=feed(record=False))) as web, encoder(web.rtmp_port, "f1-secret", clip):
        await web.until_playing(parts=4)
        seen = []
        async with web.ws("/live/v/g1/f1/ws", make_pass()) as ws:
            watching = asyncio.create_task(watch(ws, seen))
            await asyncio.sleep(1)
            assert sum(1 for _, what in seen if not isinstance(what, str)) > 5
            said_at = time.monotonic()
            await ENDS[way](web)
            if way == "closed":
                await asyncio.wait_for(watching, 5)
            else:
                with pytest.raises(websockets.ConnectionClosedError):
                    await asyncio.wait_for(watching, 5)
            assert ws.close_code == (1000 if way == "closed" else 4403)
        late = [at - said_at for at, what in seen if not isinstance(what, str) and at > said_at]
        assert not [seconds for seconds in late if seconds > PART]
        last = json.loads(seen[-1][1])
        assert last == (
            {"type": "state", "state": "closed"}
            if way == "closed"
            else {"type": "denied", "why": "not_now" if way == "not on air" else "revoked"}
        )
        with pytest.raises(websockets.InvalidStatus):
            async with web.ws("/live/v/g1/f1/ws", make_pass()):
                pass


async def test_a_waiting_viewer_is_told_at_once(tmp_path):
    """No encoder, no pictures: the revocation must not wait for one."""
    async with plane(tmp_path, Roster(f1=feed())) as web, web.ws("/live/v/g1/f1/ws", make_pass()) as ws:
        assert json.loads(await ws.recv()) == {"type": "state", "state": "waiting"}
        await web.revoke("chen")
        assert json.loads(await asyncio.wait_for(ws.recv(), 2)) == {"type": "denied", "why": "revoked"}


async def test_an_expired_pass_ends_and_a_renewed_one_goes_on(tmp_path, clip):
    async with plane(tmp_path, Roster(f1=feed(record=False))) as web, encoder(web.rtmp_port, "f1-secret", clip):
        await web.until_playing(parts=2)
        for renewed in (False, True):
            brief = make_pass(f"viewer{renewed}", seconds=2)
            if renewed:
                # Any request of the page with its new cookie prolongs what the same viewer has open.
                await web.get("/live/v/g1/state", make_pass(f"viewer{renewed}"))
            seen = []
            async with web.ws("/live/v/g1/f1/ws", brief) as ws:
                watching = asyncio.create_task(watch(ws, seen))
                await asyncio.sleep(3)
                assert watching.done() is not renewed
                watching.cancel()
                results = await asyncio.gather(watching, return_exceptions=True)
            if not renewed:
                assert isinstance(results[0], websockets.ConnectionClosedError)
                assert json.loads(seen[-1][1]) == {"type": "denied", "why": "expired"}


async def hls_viewer(web, pass_text, got):
    """Follow the blocking playlist and fetch every part, as hls.js does; note when each byte arrived."""
    path = "/live/v/g1/f1/original/"
    text = (await web.get(path + "live.m3u8", pass_text)).text
    while True:
        hint = text.rpartition('TYPE=PART,URI="')[2].partition('"')[0]
        msn, part = hint.split(".")[:2]
        held, answer = await asyncio.gather(
            web.get(f"{path}live.m3u8?_HLS_msn={msn}&_HLS_part={part}", pass_text), web.get(path + hint, pass_text)
        )
        at = time.monotonic()
        got.append((at, answer.status_code, len(answer.content)))
        if held.status_code != 200:
            return held.status_code
        text = held.text


async def test_an_hls_viewer_gets_nothing_more_not_even_what_it_already_waits_for(tmp_path, clip):
    async with plane(tmp_path, Roster(f1=feed(record=False))) as web, encoder(web.rtmp_port, "f1-secret", clip):
        await web.until_playing(parts=4)
        chens, evas = [], []
        chen = asyncio.create_task(hls_viewer(web, make_pass("chen"), chens))
        eva = asyncio.create_task(hls_viewer(web, make_pass("eva"), evas))
        await asyncio.sleep(2)
        assert sum(1 for _, status, size in chens if status == 200 and size) >= 3
        said_at = time.monotonic()
        await web.revoke("chen")
        assert await asyncio.wait_for(chen, 5) == 401
        assert not [at for at, status, size in chens if status == 200 and at > said_at + PART]
        assert chens[-1][1] == 401
        # Nobody else notices.
        count = len(evas)
        await asyncio.sleep(1)
        assert len(evas) > count
        assert not eva.done()
        eva.cancel()
        await asyncio.gather(eva, return_exceptions=True)


async def test_a_download_is_one_file_in_any_range_and_ends_with_the_right(tmp_path, clip):
    async with plane(tmp_path, Roster(f1=feed())) as web:
        async with encoder(web.rtmp_port, "f1-secret", clip):
            await web.until_playing(parts=6)
            await web.turn("f1", state="closed")
        path, text = "/live/v/g1/f1/download.mp4", make_pass(scopes=("download",))
        whole = await web.get(path, text)
        assert whole.headers["content-disposition"] == 'attachment; filename="f1.mp4"'
        assert int(whole.headers["content-length"]) == len(whole.content)
        some = await web.get(path, text, Range="bytes=100-299")
        assert (some.status_code, some.content) == (206, whole.content[100:300])
        assert some.headers["content-range"] == f"bytes 100-299/{len(whole.content)}"
        assert (await web.get(path, text, Range="bytes=-50")).content == whole.content[-50:]
        assert (await web.get(path, text, Range=f"bytes={len(whole.content)}-")).status_code == 416
        await web.revoke("chen")
        assert (await web.get(path, text)).status_code == 401
