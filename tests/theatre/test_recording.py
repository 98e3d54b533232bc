import pytest

from glisson.core.models import Job, LiveEvent
from glisson.media.models import Asset
from glisson.theatre.domain.feed import arm_feed, close_feed, put_feed_on_air
from glisson.theatre.domain.live_process import LiveProcessAway
from glisson.theatre.domain.passes import scopes_of
from glisson.theatre.domain.queries.live_case import is_playable
from glisson.theatre.domain.recording import (
    RecordingUnfinished,
    feeds_to_register,
    register_missing_recordings,
    register_recording,
)
from glisson.theatre.models import LiveCase
from tests.factories.theatre import recorded


def test_closing_a_feed_asks_the_worker_for_its_replay(on_air, eva):
    close_feed(on_air, acting_user=eva)
    assert [(job.task, job.asked_by) for job in Job.objects.all()] == [("theatre.domain.later.prepare_replay", eva)]


def test_a_feed_that_was_never_on_air_has_no_replay(feed, eva):
    arm_feed(feed, acting_user=eva)
    close_feed(feed, acting_user=eva)
    assert (Job.objects.count(), feeds_to_register()) == (0, [])


def test_the_recording_becomes_an_asset_once(closed_case, live_plane):
    feed = closed_case.feeds.get()
    live_plane.recordings[feed.code] = recorded(gaps=[{"at": 12.0, "seconds": 3.5}])
    first, second = register_recording(feed), register_recording(feed)
    assert first == second == Asset.objects.get()
    assert (first.feed_folder, first.seconds, first.bytes) == (feed.code, 61.5, 1_000_000)
    assert first.gaps == [{"at": 12.0, "seconds": 3.5}]
    assert list(first.renditions.values_list("rung", "bytes")) == [("low", 9000), ("original", 1_000_000)]
    assert is_playable(LiveCase.objects.get(pk=closed_case.pk))
    assert LiveEvent.objects.filter(channel=closed_case.channel, kind="recording.registered").exists()


def test_a_recording_that_went_on_after_reopening_is_brought_up_to_date(on_air, eva, live_plane):
    live_plane.recordings[on_air.code] = recorded(60)
    close_feed(on_air, acting_user=eva)
    asset = register_recording(on_air)
    put_feed_on_air(arm_feed(on_air, acting_user=eva), acting_user=eva)
    close_feed(on_air, acting_user=eva)
    assert [feed.pk for feed in feeds_to_register()] == [on_air.pk]
    live_plane.recordings[on_air.code] = recorded(90, manifest_sha256="b" * 64)
    assert register_missing_recordings() == 1
    asset.refresh_from_db()
    assert (asset.seconds, Asset.objects.count(), feeds_to_register()) == (90, 1, [])


def test_while_it_is_being_written_the_job_comes_again(closed_case, live_plane):
    feed = closed_case.feeds.get()
    live_plane.recordings[feed.code] = recorded() | {"finished": False}
    with pytest.raises(RecordingUnfinished, match=r"The recording of “Laparoscope” is still being written."):
        register_recording(feed)
    assert register_missing_recordings() == 0
    live_plane.recordings[feed.code] = recorded()
    assert register_missing_recordings() == 1


def test_nothing_recorded_is_no_asset(closed_case, live_plane):
    assert register_recording(closed_case.feeds.get()) is None
    assert not is_playable(LiveCase.objects.get(pk=closed_case.pk))


def test_with_the_live_process_away_nothing_is_lost(closed_case):
    with pytest.raises(LiveProcessAway):
        register_recording(closed_case.feeds.get())
    assert register_missing_recordings() == 0
    assert len(feeds_to_register()) == 1


def test_a_closed_feed_can_be_replayed_while_the_others_are_still_on_air(on_air, eva, farid, live_plane, client):
    live_plane.recordings[on_air.code] = recorded(60)
    close_feed(on_air, acting_user=eva)
    register_recording(on_air)
    live_case = LiveCase.objects.get(pk=on_air.live_case_id)
    assert live_case.is_live
    assert scopes_of(farid, live_case) == {"watch", "replay"}

    client.force_login(farid)
    shown = client.get(f"/theatre/{live_case.code}/replay/").context["theatre_data"]
    assert [feed["id"] for feed in shown["feeds"]] == [on_air.code]
    assert (shown["state"], shown["renew_url"]) == ("closed", f"/theatre/{live_case.code}/pass/?replay")


def test_a_feed_that_is_open_again_is_live_and_not_a_replay(on_air, eva, farid, live_plane):
    live_plane.recordings[on_air.code] = recorded(60)
    close_feed(on_air, acting_user=eva)
    register_recording(on_air)
    put_feed_on_air(arm_feed(on_air, acting_user=eva), acting_user=eva)
    assert scopes_of(farid, LiveCase.objects.get(pk=on_air.live_case_id)) == {"watch"}
