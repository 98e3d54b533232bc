"""Low-latency HLS over the real server: what is held, what is refused, what may be kept."""

import asyncio
import time

import pytest
import pytest_asyncio

from tests.streaming.living import Roster, encoder, feed, make_pass, plane

LIVE = "/live/v/g1/f1/original/"
WATCH = make_pass(seconds=3600)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def web(clip, tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    async with plane(data, Roster(f1=feed(record=False))) as web, encoder(web.rtmp_port, "f1-secret", clip):
        await web.until_playing(parts=8)
        yield web


pytestmark = pytest.mark.asyncio(loop_scope="module")


def hint_of(text):
    name = text.rpartition('TYPE=PART,URI="')[2].partition('"')[0]
    msn, part, _ = name.split(".")
    return int(msn), int(part), name


async def playlist(web, query=""):
    return await web.get(LIVE + "live.m3u8" + query, WATCH)


async def test_a_held_playlist_holds_the_part_it_was_asked_for_across_segment_ends(web):
    """Five seconds of asking for the next part: every answer contains it, and none comes before it."""
    text, crossed = (await playlist(web)).text, set()
    end = time.monotonic() + 5
    while time.monotonic() < end:
        msn, part, name = hint_of(text)
        answer = await playlist(web, f"?_HLS_msn={msn}&_HLS_part={part}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=5"
        # The part that was announced, or the first of the next segment when this one ended without it.
        assert (
            f'URI="{name}"' in answer.text.partition("#EXT-X-PRELOAD-HINT")[0]
            or f'URI="{msn + 1}.0.m4s"' in answer.text
        )
        assert hint_of(answer.text) > (msn, part, "")
        crossed.add(msn)
        text = answer.text
    assert len(crossed) >= 2


async def test_a_part_past_the_end_of_its_segment_means_the_next_segments_first(web):
    msn, _, _ = hint_of((await playlist(web)).text)
    answer = await playlist(web, f"?_HLS_msn={msn}&_HLS_part=8")
    assert answer.status_code == 200
    assert f'URI="{msn + 1}.0.m4s"' in answer.text


async def test_a_whole_segment_can_be_waited_for(web):
    msn, _, _ = hint_of((await playlist(web)).text)
    answer = await playlist(web, f"?_HLS_msn={msn}")
    assert f"\n{msn}.m4s\n" in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "?_HLS_msn={far}", "?_HLS_msn={next}&_HLS_part=40", "?_HLS_part=1", "?_HLS_msn=-1", "?_HLS_msn=1e3",
        "?_HLS_msn=", "?_HLS_msn=+1", "?_HLS_msn=%201", "?_HLS_msn=1&_HLS_msn=2", "?_HLS_msn=0x10",
        "?_HLS_msn=1&_HLS_part=x",
        "?_HLS_msn=9999999999999999999999999", "?_HLS_msn=%D9%A1",
    ],
)  # fmt: skip
async def test_what_cannot_be_answered_is_a_bad_request(web, query):
    msn, _, _ = hint_of((await playlist(web)).text)
    answer = await playlist(web, query.format(far=msn + 4, next=msn))
    assert answer.status_code == 400
    assert answer.headers["cache-control"] == "no-store"


async def test_an_old_part_number_is_answered_at_once(web):
    assert (await asyncio.wait_for(playlist(web, "?_HLS_msn=0&_HLS_part=0"), 0.3)).status_code == 200


async def test_an_announced_part_is_held_and_the_same_bytes_later(web):
    _, _, name = hint_of((await playlist(web)).text)
    held = await web.get(LIVE + name, WATCH)
    if held.status_code == 404:  # the segment ended without it; the next hint is right
        _, _, name = hint_of((await playlist(web)).text)
        held = await web.get(LIVE + name, WATCH)
    assert held.status_code == 200
    assert held.headers["cache-control"] == "public, max-age=60"
    assert held.headers["content-type"] == "video/iso.segment"
    assert held.content[4:8] == b"moof"
    assert (await web.get(LIVE + name, WATCH)).content == held.content


async def test_parts_make_up_their_segment(web):
    text = (await playlist(web)).text
    segment = [line for line in text.splitlines() if line.endswith(".m4s") and not line.startswith("#")][-1]
    msn = segment.partition(".")[0]
    parts = [
        name
        for line in text.splitlines()
        if (name := line.partition('URI="')[2].partition('"')[0]).startswith(msn + ".")
    ]
    bodies = [(await web.get(LIVE + name, WATCH)).content for name in parts if name.count(".") == 2]
    whole = await web.get(LIVE + segment, WATCH)
    assert whole.content == b"".join(bodies)
    assert len(bodies) > 3


async def test_what_is_not_announced_is_not_held(web):
    msn, part, _ = hint_of((await playlist(web)).text)
    for name in (f"{msn}.{part + 5}.m4s", f"{msn + 3}.0.m4s", f"{msn + 1}.m4s"):
        answer = await asyncio.wait_for(web.get(LIVE + name, WATCH), 0.3)
        assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")


async def test_a_playlist_without_a_number_is_not_kept(web):
    answer = await playlist(web)
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_head_has_the_length_and_no_body(web):
    answer = await web.http.head(LIVE + "init-0.mp4", headers={"Authorization": f"Bearer {WATCH}"})
    assert int(answer.headers["content-length"]) > 500
    assert answer.content == b""


async def test_a_feed_without_pictures_says_wait(tmp_path):
    async with plane(tmp_path, Roster(f1=feed(record=False))) as web:
        for name in ("index.m3u8", "original/live.m3u8", "original/live.m3u8?_HLS_msn=5"):
            answer = await web.get(f"/live/v/g1/f1/{name}", WATCH)
            assert answer.status_code in (400, 503)
            assert answer.headers["cache-control"] == "no-store"
        assert (await web.get("/live/v/g1/f1/index.m3u8", WATCH)).headers["retry-after"] == "1"


async def test_a_hold_ends_when_no_progress_comes(tmp_path, clip, monkeypatch):
    monkeypatch.setattr("glisson.streaming.app.hls.target_duration", lambda limit: 0.3)
    async with plane(tmp_path, Roster(f1=feed(record=False))) as web:
        async with encoder(web.rtmp_port, "f1-secret", clip):
            text = (await web.until_playing(parts=8)).text
        await asyncio.sleep(0.5)
        msn, part, name = hint_of((await playlist(web)).text)
        answers = await asyncio.gather(
            playlist(web, f"?_HLS_msn={msn}&_HLS_part={part}"), web.get(LIVE + name, WATCH), playlist(web)
        )
        assert [answer.status_code for answer in answers] == [503, 503, 200]
        assert answers[2].text.count("#EXTINF") >= text.count("#EXTINF")


@pytest.mark.parametrize("gap", [3, 60])
async def test_an_encoder_that_comes_back_goes_on_in_the_same_ring(tmp_path, clip, gap):
    """No reload: the same playlist, higher numbers, a discontinuity; a WebSocket viewer stays connected."""
    async with plane(tmp_path, Roster(f1=feed())) as web, web.ws("/live/v/g1/f1/ws", WATCH) as ws:
        said = []
        hearing = asyncio.create_task(hear(ws, said))
        async with encoder(web.rtmp_port, "f1-secret", clip):
            before = (await web.until_playing(parts=5)).text
        await asyncio.sleep(gap)
        assert (await web.health())["state"] == "waiting"
        pictures = said.count("picture")
        async with encoder(web.rtmp_port, "f1-secret", clip):
            after = await web.until(LIVE + "live.m3u8", WATCH, lambda answer: "#EXT-X-DISCONTINUITY\n" in answer.text)
            health = await web.health()
            async with asyncio.timeout(5):
                while said.count("picture") < pictures + 10:
                    await asyncio.sleep(0.1)
            texts = [one for one in said if one != "picture"]
        assert hint_of(after.text) > hint_of(before)
        assert health["last_gap"]["seconds"] == pytest.approx(gap, abs=2.5)
        states = [one for one in texts if '"state"' in one]
        assert states[-2:] == ['{"type":"state","state":"waiting"}', '{"type":"state","state":"on_air"}']
        assert '{"type":"gap"}' in texts
        assert not hearing.done()
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)


async def hear(ws, said):
    async for message in ws:
        said.append(message if isinstance(message, str) else "picture")
