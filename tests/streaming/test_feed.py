"""One feed: what its gate lets through in each position, and what survives a change of it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from glisson.streaming.feed import Feed
from glisson.streaming.packets import AudioConfig, Packet, VideoConfig
from glisson.streaming.report import health_report, state_report
from glisson.streaming.roster import FeedEntry, hash_key
from tests.streaming.living import settings


@pytest.fixture
async def feed(tmp_path):
    clock = [1_000.0]
    executor = ThreadPoolExecutor(1)
    feed = Feed("f1", FeedEntry("g1"), settings(tmp_path), executor, now=lambda: clock[0])
    feed.clock = clock
    yield feed
    if feed.reel is not None:
        await feed.reel.close(finished=False)
    executor.shutdown()


def turn(feed, state, **changes):
    leaving = feed.turn(replace(FeedEntry("g1", key_sha256=(hash_key("k"),), low=False), state=state, **changes))
    feed.open()
    return leaving


SHOWS = {
    # state: (live, live and for a moment after, recorded) by scope
    "closed": {"watch": (0, 0, 0), "preview": (0, 0, 0), "replay": (0, 0, 1), "download": (0, 0, 0)},
    "armed": {"watch": (0, 0, 0), "preview": (1, 1, 1), "replay": (0, 0, 0), "download": (0, 0, 0)},
    "on_air": {"watch": (1, 1, 1), "preview": (1, 1, 1), "replay": (0, 0, 0), "download": (0, 0, 0)},
}


@pytest.mark.parametrize("state", SHOWS)
async def test_what_the_gate_shows_to_whom(feed, state):
    turn(feed, state)
    for scope, shown in SHOWS[state].items():
        scopes = frozenset({scope})
        assert (feed.shows_live(scopes), feed.shows_ending(scopes), feed.shows_recording(scopes)) == shown, scope
    assert feed.state() == ("closed" if state == "closed" else "waiting")


async def test_a_closed_feed_lets_players_come_to_their_end_for_a_moment(feed):
    watch = frozenset({"watch"})
    turn(feed, "on_air")
    leaving = turn(feed, "closed")
    assert leaving is feed.reel
    assert (feed.shows_live(watch), feed.shows_ending(watch)) == (False, True)
    feed.clock[0] += 3.1
    assert not feed.shows_ending(watch)
    feed.forget()
    assert feed.reel is None
    await leaving.close(finished=True)


async def test_every_move_of_the_gate_takes_a_new_reel_with_higher_numbers(feed):
    turn(feed, "armed")
    first = feed.reel
    first.leader.next_msn, first.leader.next_init = 7, 3
    leaving = turn(feed, "on_air")
    assert leaving is first
    assert first.leader.ended
    assert feed.reel is not first
    assert (feed.reel.first_msn, feed.reel.first_init) == (7, 3)
    assert feed.reel.recorders
    await first.close(finished=False)


async def test_what_does_not_concern_the_picture_leaves_the_reel_alone(feed):
    turn(feed, "armed")
    reel = feed.reel
    assert turn(feed, "armed", title="Another name", not_after=9e9) is None
    assert feed.reel is reel


async def test_a_publisher_goes_on_through_a_move_of_the_gate(feed):
    turn(feed, "armed")
    publication = feed.admit("k", way="rtmp", peer="192.0.2.1")
    publication.configure_audio(AudioConfig(b"\x11\x90", 48_000, 2, "mp4a.40.2"))
    leaving = turn(feed, "on_air")
    assert feed.publication is publication
    assert feed.state() == "on_air"
    assert feed.health.audio is not None
    await leaving.close(finished=False)


async def test_what_comes_after_the_end_is_not_taken(feed):
    turn(feed, "on_air")
    publication = feed.admit("k", way="rtmp", peer="192.0.2.1")
    publication.end("it left")
    publication.take(Packet(True, 0, 0, True, b"x"))
    publication.configure_video(VideoConfig(b"", 1, 1, "avc1"))
    assert feed.health.silent_for() == float("inf")
    assert feed.health.video is None


async def test_reports_of_a_feed_without_pictures_claim_nothing(feed):
    turn(feed, "on_air")
    health, state = health_report(feed), state_report(feed)
    assert (health["on"], health["fps"], health["audio"], health["advice"]) == (False, None, None, [])
    assert (state["state"], state["gate"], state["rungs"], state["recorded_seconds"]) == ("waiting", "on_air", [], 0.0)
    assert state["began"] is None


async def test_viewers_of_hls_are_counted_while_they_ask(feed):
    feed.saw_playlist_of("chen")
    feed.saw_playlist_of("eva")
    feed.saw_playlist_of("chen")
    assert feed.hls_viewers() == 2
    feed.clock[0] += 11
    assert feed.hls_viewers() == 0
