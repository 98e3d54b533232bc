import pytest

from glisson.core.models import LogEntry
from glisson.streaming.roster import FeedEntry, split_key
from glisson.theatre.domain import stream_keys
from glisson.theatre.domain.feed import (
    MOST_FEEDS,
    arm_feed,
    change_feed,
    close_feed,
    create_feed,
    put_feed_on_air,
    rotate_stream_key,
)
from glisson.theatre.domain.live_case import close_live_case
from glisson.theatre.domain.refusal import TheatreRefused
from glisson.theatre.enums import Angle, FeedState
from tests.factories.theatre import make_feed


def refused(verb, *arguments, **keywords):
    with pytest.raises(TheatreRefused) as refusal:
        verb(*arguments, **keywords)
    return str(refusal.value)


def test_the_technician_can_read_the_key_again_and_the_live_process_accepts_it(feed):
    key = stream_keys.unseal(feed.sealed_key)
    code, secret = split_key(key)
    assert code == feed.code
    assert FeedEntry(feed.live_case.group, key_sha256=(feed.key_sha256,)).accepts(secret)
    assert secret not in feed.sealed_key
    assert key not in str(list(LogEntry.objects.values_list("before", "after")))


def test_a_new_key_takes_the_old_one_s_place(feed, eva):
    old = split_key(stream_keys.unseal(feed.sealed_key))[1]
    rotated = rotate_stream_key(feed, acting_user=eva)
    entry = FeedEntry(feed.live_case.group, key_sha256=(rotated.key_sha256,))
    assert not entry.accepts(old)
    assert entry.accepts(split_key(stream_keys.unseal(rotated.sealed_key))[1])


def test_armed_on_air_back_and_closed(feed, eva):
    assert feed.state == FeedState.CLOSED
    assert arm_feed(feed, acting_user=eva).state == FeedState.ARMED
    assert put_feed_on_air(feed, acting_user=eva).state == FeedState.ON_AIR
    assert arm_feed(feed, acting_user=eva).state == FeedState.ARMED
    assert close_feed(feed, acting_user=eva).state == FeedState.CLOSED
    assert arm_feed(feed, acting_user=eva).state == FeedState.ARMED
    what = LogEntry.objects.about(feed).values_list("what", flat=True)
    assert list(what) == [
        "feed.created",
        "feed.armed",
        "feed.put_on_air",
        "feed.armed",
        "feed.closed",
        "feed.armed",
    ]


def test_pressing_twice_does_nothing_twice(on_air, eva):
    before = LogEntry.objects.count()
    put_feed_on_air(on_air, acting_user=eva)
    assert LogEntry.objects.count() == before
    close_feed(on_air, acting_user=eva)
    before = LogEntry.objects.count()
    close_feed(on_air, acting_user=eva)
    assert LogEntry.objects.count() == before


def test_nothing_goes_on_air_before_the_live_case_is_open(cleared, eva):
    feed = make_feed(cleared, eva)
    assert arm_feed(feed, acting_user=eva).state == FeedState.ARMED
    assert refused(put_feed_on_air, feed, acting_user=eva) == (
        "The live case is not open. Open it first; then put the feed on air."
    )


def test_nothing_goes_on_air_without_consent(feed, consent, eva):
    consent.delete()
    assert refused(put_feed_on_air, feed, acting_user=eva) == (
        "No consent of the patient to live transmission is in force: nothing is put on air."
    )


def test_a_closed_live_case_takes_no_feeds_and_gives_no_keys(feed, eva):
    live_case = close_live_case(feed.live_case, acting_user=eva)
    assert refused(make_feed, live_case, eva) == "This live case is closed; it takes no more feeds."
    assert refused(arm_feed, feed, acting_user=eva) == "This live case is closed; its feeds stay closed."
    assert refused(rotate_stream_key, feed, acting_user=eva) == (
        "This live case is closed; nobody can publish to it with any key."
    )
    values = {"angle": "room", "title": "", "record": True, "pull_url": "", "srt_port": None, "srt_passphrase": ""}
    assert refused(change_feed, feed, acting_user=eva, **values) == (
        "This live case is closed; its feeds stay as they were."
    )


def test_a_live_case_has_a_bounded_number_of_feeds(live_case, eva):
    for _ in range(MOST_FEEDS):
        make_feed(live_case, eva)
    assert refused(make_feed, live_case, eva) == f"A live case has at most {MOST_FEEDS} feeds."


def test_a_feed_without_a_title_is_called_by_its_angle(live_case, eva):
    feed = create_feed(live_case, angle=Angle.ULTRASOUND, title=" ", acting_user=eva)
    assert feed.title == "Ultrasound"


def test_two_feeds_never_share_an_srt_port(live_case, eva):
    make_feed(live_case, eva, srt_port=9001, srt_passphrase="ten letters!")
    assert "SRT port" in refused(make_feed, live_case, eva, srt_port=9001)


def test_what_a_recorder_s_address_holds_is_not_written_to_the_log(live_case, eva):
    feed = make_feed(live_case, eva, pull_url="rtsp://operator:secret@10.0.0.7/stream")
    change_feed(
        feed,
        angle="room",
        title="Room",
        record=False,
        pull_url="rtsp://operator:other@10.0.0.7/stream",
        srt_port=None,
        srt_passphrase="",
        acting_user=eva,
    )
    feed.refresh_from_db()
    assert (feed.angle, feed.title, feed.record) == ("room", "Room", False)
    logged = str(list(LogEntry.objects.values_list("before", "after")))
    assert "secret" not in logged
    assert "other" not in logged
