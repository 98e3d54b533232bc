import pytest

from glisson.core.models import LogEntry
from glisson.media.domain.asset import RecordingFacts, RungFacts, register_asset, take_down_asset
from glisson.media.models import Asset


@pytest.fixture
def facts():
    return RecordingFacts("folder1", "a" * 64, 12.5, 1000, rungs=(RungFacts("original", 12.5, 1000),))


def test_the_same_recording_twice_is_one_asset_logged_once(facts, db):
    first, second = register_asset(facts, acting_user=None), register_asset(facts, acting_user=None)
    assert first == second
    assert first.renditions.get().bytes == 1000
    assert [entry.what for entry in LogEntry.objects.about(first)] == ["asset.registered"]


def test_a_recording_that_grew_is_logged_as_such(facts, db):
    asset = register_asset(facts, acting_user=None)
    register_asset(RecordingFacts("folder1", "b" * 64, 20.0, 2000), acting_user=None)
    asset.refresh_from_db()
    assert (asset.seconds, asset.manifest_sha256) == (20.0, "b" * 64)
    assert [entry.what for entry in LogEntry.objects.about(asset)] == ["asset.registered", "asset.grown"]


def test_taken_down_is_taken_down_once_and_survives_a_new_registration(facts, alice):
    asset = take_down_asset(register_asset(facts, acting_user=None), reason="consent withdrawn", acting_user=alice)
    assert take_down_asset(asset, reason="again", acting_user=alice).taken_down_at == asset.taken_down_at
    register_asset(facts, acting_user=None)
    assert not Asset.objects.not_taken_down().exists()
    assert LogEntry.objects.about(asset).last().after == {"reason": "consent withdrawn"}
