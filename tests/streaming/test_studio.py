"""The studio over its real doors: who may publish, what a change of the roster does at once, what a restart keeps."""

import asyncio
import json
import time

import pytest

from glisson.streaming.packets import Refused
from glisson.streaming.roster import Roster as LiveRoster
from glisson.streaming.studio import RosterConflict, Studio
from tests.streaming.living import CONTROL, Roster, bearer, encoder, feed, make_clip, make_pass, plane, settings


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4")


@pytest.fixture
async def studio(tmp_path):
    studio = Studio(settings(tmp_path), now=lambda: 1_000.0)
    roster = Roster(
        on=feed(low=False, record=False),
        armed=feed("armed"),
        closed=feed("closed"),
        early=feed("armed", not_before=1_150),
        late=feed("armed", not_after=999),
    )
    await studio.apply(LiveRoster.from_json(roster.next()))
    studio.test_roster = roster
    yield studio
    await studio.close()


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("on-wrong", "wrong_key"),
        ("on-", "wrong_key"),
        ("on", "wrong_key"),
        ("", "wrong_key"),
        ("nofeed-secret", "wrong_key"),
        ("closed-secret", "closed_feed"),
        ("closed-wrong", "wrong_key"),
        ("early-secret", "not_open_yet"),
        ("late-secret", "closed_feed"),
    ],
)
async def test_who_is_turned_away_and_why(studio, key, code):
    with pytest.raises(Refused) as refused:
        studio.admit(key, way="rtmp", peer="192.0.2.1")
    assert refused.value.trouble.code == code
    known = studio.feeds.get(key.partition("-")[0])
    if known is not None:
        assert [one["trouble"]["code"] for one in known.refusals] == [code]
        assert known.refusals[0]["peer"] == "192.0.2.1"


async def test_an_unknown_feed_and_a_wrong_secret_sound_the_same(studio):
    sentences = set()
    for key in ("on-wrong", "nofeed-secret"):
        with pytest.raises(Refused) as refused:
            studio.admit(key, way="rtmp", peer="192.0.2.1")
        sentences.add(str(refused.value))
    assert len(sentences) == 1


async def test_a_second_publisher_is_told_of_the_first(studio):
    first = studio.admit("on-secret", way="rtmp", peer="192.0.2.1")
    with pytest.raises(Refused, match=r"already publishing to this feed from 192\.0\.2\.1") as refused:
        studio.admit("on-secret", way="rtmp", peer="192.0.2.2")
    assert refused.value.trouble.code == "second_publisher"
    first.end("it left")
    assert studio.admit("on-secret", way="rtmp", peer="192.0.2.2") is studio.feeds["on"].publication


async def test_a_publisher_that_fell_silent_gives_way(studio):
    first = studio.admit("on-secret", way="rtmp", peer="192.0.2.1")
    said = []
    first.hang_up = said.append
    studio.feeds["on"].now = lambda: 1_006.0
    second = studio.admit("on-secret", way="rtmp", peer="192.0.2.2")
    assert [trouble.code for trouble in said] == ["encoder_gone"]
    assert studio.feeds["on"].publication is second


async def test_a_rotated_key_ends_the_publisher_before_anything_is_awaited(studio):
    publication = studio.admit("on-secret", way="rtmp", peer="192.0.2.1")
    said = []
    publication.hang_up = said.append
    studio.test_roster.document["feeds"]["on"] = feed(keys=("new",), record=False)
    applying = asyncio.ensure_future(studio.apply(LiveRoster.from_json(studio.test_roster.next())))
    await asyncio.sleep(0)
    assert [trouble.code for trouble in said] == ["old_key"]
    assert studio.feeds["on"].publication is None
    await applying
    with pytest.raises(Refused) as refused:
        studio.admit("on-secret", way="rtmp", peer="192.0.2.1")
    assert refused.value.trouble.code == "old_key"
    assert studio.admit("on-new", way="rtmp", peer="192.0.2.1")


async def test_an_added_key_leaves_the_publisher_alone(studio):
    publication = studio.admit("on-secret", way="rtmp", peer="192.0.2.1")
    studio.test_roster.document["feeds"]["on"] = feed(keys=("new", "secret"), record=False)
    await studio.apply(LiveRoster.from_json(studio.test_roster.next()))
    assert studio.feeds["on"].publication is publication


async def test_an_older_roster_is_refused_and_the_same_one_is_not(studio):
    present = LiveRoster.from_json(studio.test_roster.document)
    assert await studio.apply(present) == present.version
    with pytest.raises(RosterConflict):
        await studio.apply(LiveRoster(present.version, present.groups, {}))
    with pytest.raises(RosterConflict):
        await studio.apply(LiveRoster(present.version - 1, present.groups, present.feeds))
    assert set(studio.feeds) == {"on", "armed", "closed", "early", "late"}


async def test_a_restart_begins_with_the_roster_on_disk(tmp_path):
    roster = Roster(f1=feed("armed"))
    first = Studio(settings(tmp_path))
    await first.apply(LiveRoster.from_json(roster.next()))
    await first.close()
    second = Studio(settings(tmp_path))
    await second.start()
    assert second.roster == first.roster
    assert second.feeds["f1"].reel is not None
    await second.close()


async def test_the_control_door_speaks_plainly(tmp_path):
    async with plane(tmp_path, Roster(f1=feed("armed"))) as web:

        async def put(body):
            return await web.http.put("/live/control/roster", content=body, headers=bearer(CONTROL.decode()))

        assert (await put(b"{")).json()["why"] == "not_json"
        assert (await put(b"[" * 100_000)).json()["why"] == "not_json"
        wrong = await put(json.dumps({"version": 9, "feeds": {"f1": {"group": "g9"}}}))
        assert (wrong.status_code, wrong.json()["why"]) == (400, "invalid")
        assert "g9" in wrong.json()["text"]
        assert (await put(b" " * (5 << 20))).status_code == 413
        old = await put(json.dumps(web.roster.document | {"version": 0}))
        assert (old.status_code, old.json()["version"]) == (409, 1)
        assert (await put(json.dumps(web.roster.document))).json() == {"version": 1}
        path = "/live/control/recordings/f1"
        assert (await web.get(path, CONTROL.decode())).status_code == 404
        assert (await web.http.delete(path, headers=bearer(CONTROL.decode()))).status_code == 409


async def test_nothing_of_the_armed_time_reaches_the_audience(tmp_path, clip):
    """Armed pictures are the theatre's alone: they are in no playlist, ring or recording that `watch` can reach."""
    watch, preview = make_pass(), make_pass("eva", scopes=("preview",))
    async with plane(tmp_path, Roster(f1=feed("armed"))) as web, encoder(web.rtmp_port, "f1-secret", clip):
        seen = await web.until_playing(pass_text=preview, parts=10)
        armed = [line for line in seen.text.splitlines() if line.endswith(".m4s")]
        last_armed = max(int(name.partition(".")[0]) for name in armed)
        assert (await web.get("/live/v/g1/f1/original/live.m3u8", watch)).status_code == 403
        await web.turn("f1", state="on_air")
        aired = (await web.until_playing(pass_text=watch, parts=10)).text
        first = int(aired.split("#EXT-X-MEDIA-SEQUENCE:")[1].split("\n")[0])
        assert first > last_armed
        for name in armed:
            for text in (watch, preview):
                path = f"/live/v/g1/f1/original/{name}"
                assert (await web.get(path, text)).status_code in (403, 404)
                auth = await web.get("/live/auth", text, **{"X-Original-URI": path})
                assert auth.status_code == 403
        on_disk = {path.name for path in (tmp_path / "recordings" / "f1" / "original").glob("*.m4s")}
        assert on_disk
        assert not on_disk & set(armed)
        await web.turn("f1", state="armed")
        assert (await web.get("/live/v/g1/f1/original/live.m3u8", watch)).status_code == 403
        again = (await web.until_playing(pass_text=preview)).text
        assert int(again.split("#EXT-X-MEDIA-SEQUENCE:")[1].split("\n")[0]) > first


async def test_closing_ends_the_encoder_finishes_the_recording_and_opens_the_replay(tmp_path, clip):
    replay = make_pass(scopes=("replay",))
    async with plane(tmp_path, Roster(f1=feed())) as web:
        async with encoder(web.rtmp_port, "f1-secret", clip) as sending:
            await web.until_playing(parts=8)
            told = (await web.get("/live/v/g1/state", make_pass())).json()
            began = time.monotonic()
            await web.turn("f1", state="closed")
            ended = (await web.get("/live/v/g1/f1/original/live.m3u8", make_pass())).text
            assert ended.endswith("#EXT-X-ENDLIST\n")
            assert (await web.get("/live/v/g1/f1/replay.m3u8", replay)).status_code == 200
            assert time.monotonic() - began < 5
            await asyncio.wait_for(sending.wait(), 10)
            assert sending.returncode != 0
        path = "/live/control/recordings/f1"
        summary = (await web.get(path, CONTROL.decode())).json()
        assert summary["finished"] is True
        assert summary["rungs"]["original"]["seconds"] > 2
        assert (
            told["feeds"]["f1"]["began"] == round(summary["rungs"]["original"]["clock"], 3) < told["now"] <= time.time()
        )
        deleted = await web.http.delete(path, headers=bearer(CONTROL.decode()))
        assert deleted.json() == {"deleted": True}
        assert (await web.get("/live/v/g1/f1/replay.m3u8", replay)).status_code == 404
        assert not (tmp_path / "recordings" / "f1").exists()
        assert (await web.get("/live/v/g1/state", make_pass())).json()["feeds"]["f1"]["began"] is None


async def test_the_technician_sees_the_encoder_and_those_turned_away(tmp_path, clip):
    async with plane(tmp_path, Roster(f1=feed())) as web, encoder(web.rtmp_port, "f1-secret", clip):
        await web.until_playing(parts=8)
        async with encoder(web.rtmp_port, "f1-wrong", clip) as wrong:
            await asyncio.wait_for(wrong.wait(), 10)
        async with encoder(web.rtmp_port, "f1-secret", clip) as second:
            await asyncio.wait_for(second.wait(), 10)
        assert wrong.returncode != 0
        assert second.returncode != 0
        health = await web.health()
        assert (health["on"], health["way"], health["width"], health["height"]) == (True, "rtmp", 320, 180)
        assert health["fps"] == pytest.approx(25, rel=0.01)
        assert health["keyframe_interval"] == pytest.approx(1, abs=0.05)
        assert health["audio"]["rate"] == 48_000
        assert health["recording"]["on"] is True
        assert health["recording"]["bytes"] > 0
        assert [one["trouble"]["code"] for one in health["refusals"]] == ["wrong_key", "second_publisher"]
