"""The short way to playlists and parts, byte by byte over a socket: it must behave as HTTP/1.1 and as the long way."""

import asyncio
import contextlib
import re

import pytest
import pytest_asyncio

from glisson.streaming.app.access import File
from glisson.streaming.app.desk import Place, read_place
from tests.streaming.living import ORIGIN, Roster, encoder, feed, make_pass, plane

LIVE = "/live/v/g1/f1/original/"
WATCH = make_pass(seconds=3600)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def web(clip, tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    async with plane(data, Roster(f1=feed(record=False))) as web, encoder(web.rtmp_port, "f1-secret", clip):
        await web.until_playing(parts=8)
        yield web


def request(path, *headers, method="GET", version="1.1", shown=WATCH):
    lines = [f"{method} {path} HTTP/{version}", "Host: live", f"Authorization: Bearer {shown}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def answer_of(reader, *, head=False):
    """Status, headers and body of one answer."""
    lines = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)).decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
    body = b"" if head else await asyncio.wait_for(reader.readexactly(int(headers["content-length"])), 5)
    return int(lines[0].split()[1]), headers, body


@contextlib.asynccontextmanager
async def connection(web):
    reader, writer = await asyncio.open_connection("127.0.0.1", web.port, limit=1 << 22)
    try:
        yield reader, writer
    finally:
        writer.close()


async def coming(web, ahead=1):
    """The number of a part that is not there yet."""
    ring = web.plane.studio.feeds["f1"].reel.leader
    msn, part = ring.next_msn_part()
    return msn, part + ahead


def bell(web):
    return web.plane.studio.feeds["f1"].reel.tracks["original"].parts


async def names(web):
    text = (await web.get(LIVE + "live.m3u8", WATCH)).text
    return re.findall(r'#EXT-X-PART:[^\n]*URI="([^"]+)"', text)


@pytest.mark.parametrize("headers", [(), (f"Origin: {ORIGIN}",), ("Origin: https://elsewhere.example",)])
@pytest.mark.parametrize("shown", [WATCH, make_pass(scopes=("replay",)), make_pass(group="g2"), "nonsense"])
async def test_both_ways_say_the_same(web, headers, shown):
    part = (await names(web))[-1]
    async with connection(web) as (reader, writer):
        for name in (part, "live.m3u8?_HLS_msn=0&_HLS_part=0", "99999.0.m4s"):
            writer.write(request(LIVE + name, *headers, shown=shown))
            short = await answer_of(reader)
            # HEAD goes the long way.
            writer.write(request(LIVE + name, *headers, method="HEAD", shown=shown))
            long = await answer_of(reader, head=True)
            for volatile in ("date", "content-length"):
                short[1].pop(volatile), long[1].pop(volatile)
            assert short[:2] == long[:2]


async def test_requests_on_the_heels_of_one_that_waits_are_answered_in_turn(web):
    msn, part = await coming(web)
    known = (await names(web))[-1]
    async with connection(web) as (reader, writer):
        held = request(LIVE + f"live.m3u8?_HLS_msn={msn}&_HLS_part={part}")
        writer.write(held + request("/live/healthz") + request(LIVE + known) + held)
        answers = [await answer_of(reader) for _ in range(4)]
    assert [status for status, _, _ in answers] == [200] * 4
    kinds = [headers["content-type"] for _, headers, _ in answers]
    playlist = "application/vnd.apple.mpegurl"
    assert kinds == [playlist, "application/json", "video/iso.segment", playlist]


async def test_who_leaves_while_waiting_leaves_nothing_behind(tmp_path, clip):
    async with plane(tmp_path, Roster(f1=feed(record=False))) as web:
        async with encoder(web.rtmp_port, "f1-secret", clip):
            await web.until_playing(parts=3)
        # No encoder: nothing strikes the bell any more.
        await web.until("/live/v/g1/state", WATCH, lambda answer: answer.json()["feeds"]["f1"]["state"] == "waiting")
        msn, part = await coming(web)
        async with connection(web) as (_, writer):
            writer.write(request(LIVE + f"live.m3u8?_HLS_msn={msn}&_HLS_part={part}"))
            async with asyncio.timeout(5):
                while not bell(web)._waiting:
                    await asyncio.sleep(0.005)
        async with asyncio.timeout(5):
            while bell(web)._waiting:
                await asyncio.sleep(0.005)


@pytest.mark.parametrize(("headers", "version"), [(("Connection: close",), "1.1"), ((), "1.0")])
async def test_a_connection_that_should_close_is_closed(web, headers, version):
    msn, part = await coming(web)
    async with connection(web) as (reader, writer):
        writer.write(request(LIVE + f"live.m3u8?_HLS_msn={msn}&_HLS_part={part}", *headers, version=version))
        status, said, _ = await answer_of(reader)
        assert (status, said["connection"]) == (200, "close")
        assert await asyncio.wait_for(reader.read(), 5) == b""


async def test_a_request_with_a_body_does_not_confuse_the_next(web):
    known = (await names(web))[-1]
    async with connection(web) as (reader, writer):
        writer.write(request(LIVE + known, "Content-Length: 5") + b"hello" + request("/live/healthz"))
        assert [(await answer_of(reader))[0] for _ in range(2)] == [200, 200]


async def test_an_idle_connection_is_closed_in_the_end(web, monkeypatch):
    known = (await names(web))[-1]
    async with connection(web) as (reader, writer):
        writer.write(request(LIVE + known))
        await answer_of(reader)
        one = next(c for c in web.plane._http.server_state.connections if c.client == writer.get_extra_info("sockname"))
        one.look_at_clock(asyncio.get_running_loop().time() + 29)
        assert not one.transport.is_closing()
        one.look_at_clock(asyncio.get_running_loop().time() + 31)
        assert await asyncio.wait_for(reader.read(), 5) == b""


@pytest.mark.parametrize(
    ("url", "place"),
    [
        (b"/live/v/g/f/low/3.2.m4s", Place("g", "f", File("part", "low", 3, 2), 3, 2, False)),
        (b"/live/v/g/f/audio/live.m3u8?_HLS_msn=4", Place("g", "f", File("live", "audio"), 4, None, False)),
        (
            b"/live/v/g/f/original/live.m3u8?_HLS_skip=YES&_HLS_part=1&_HLS_msn=4",
            Place("g", "f", File("live", "original"), 4, 1, True),
        ),
        (b"/live/v/g/f/original/live.m3u8?_HLS_part=1", None),
        (b"/live/v/g/f/original/live.m3u8?_HLS_msn=x", None),
        (b"/live/v/g/f/original/3.m4s", None),
        (b"/live/v/g/f/original/%33.2.m4s", None),
        (b"/live/v/g/f/other/3.2.m4s", None),
        (b"//live/v/g/f/low/3.2.m4s", None),
        (b"/live/v/g/f/low/3.2.m4s/", None),
        (b"", None),
    ],
)
async def test_what_has_a_short_way(url, place):
    assert read_place(url) == place
