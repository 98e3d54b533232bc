from datetime import timedelta

import pytest
from django.utils import timezone

from glisson.streaming.rights import PASS_SECONDS
from glisson.streaming.roster import Roster
from glisson.surgery.domain.consent import withdraw_consent
from glisson.surgery.enums import Scope
from glisson.surgery.models import Consent
from glisson.theatre.domain.feed import arm_feed
from glisson.theatre.domain.passes import revoke_viewing
from glisson.theatre.domain.roster import (
    TOLD_AGAIN_AFTER,
    build_roster,
    claim_retry,
    end_retry,
    push_roster,
    reconcile_roster,
    roster_state,
    viewer_code,
)
from glisson.theatre.models import RosterState
from tests.factories.theatre import control_secret, make_feed


def test_it_holds_what_the_contract_says(on_air, eva):
    second = make_feed(
        on_air.live_case, eva, angle="room", title="Room", record=False, srt_port=9001, srt_passphrase="ten letters!"
    )
    arm_feed(second, acting_user=eva)
    roster = build_roster()
    group = on_air.live_case.group
    assert roster["groups"] == {group: {"revoked": {}, "epoch": 0}}
    assert roster["feeds"][on_air.code] == {
        "group": group,
        "title": "Laparoscope",
        "angle": "laparoscope",
        "key_sha256": [on_air.key_sha256],
        "state": "on_air",
        "record": True,
        "low": True,
        "not_before": None,
        "not_after": None,
        "pull": None,
        "srt": None,
    }
    room = roster["feeds"][second.code]
    assert (room["state"], room["record"]) == ("armed", False)
    assert room["srt"] == {"port": 9001, "passphrase": "ten letters!"}
    read = Roster.from_json({"version": 1, **roster})
    assert read.feeds[on_air.code].state == "on_air"


def test_nothing_is_recorded_without_consent_to_it(live_case, case, eva):
    Consent.objects.update(record=False)
    feed = make_feed(live_case, eva)
    assert build_roster()["feeds"][feed.code]["record"] is False


def test_a_consent_that_ends_by_the_clock_takes_the_picture_down(on_air, consent):
    Consent.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    assert build_roster()["feeds"][on_air.code]["state"] == "on_air"
    later = build_roster(timezone.now() + timedelta(hours=2))
    assert later["feeds"][on_air.code]["state"] == "closed"
    assert later["groups"][on_air.live_case.group]["epoch"] == 1


def test_a_withdrawal_by_any_way_takes_the_picture_down(on_air, consent, bob):
    """Even one that bypasses the theatre's verb: the roster asks the consents themselves."""
    withdraw_consent(consent, acting_user=bob)
    roster = build_roster()
    assert roster["feeds"][on_air.code]["state"] == "closed"
    assert roster["groups"][on_air.live_case.group]["epoch"] == 1


def test_a_revoked_viewer_is_named_as_long_as_a_pass_could_live(on_air, farid, grace):
    revocation = revoke_viewing(farid, on_air.live_case, reason="Filmed the screen", acting_user=grace)
    revoked = build_roster()["groups"][on_air.live_case.group]["revoked"]
    assert list(revoked) == [viewer_code(farid)]
    assert revoked[viewer_code(farid)] >= revocation.revoked_at.timestamp() + PASS_SECONDS
    later = timezone.now() + timedelta(seconds=PASS_SECONDS + 120)
    assert build_roster(later)["groups"][on_air.live_case.group]["revoked"] == {}


def test_it_takes_the_same_number_of_queries_for_one_and_for_many(on_air, eva, farid, grace, django_assert_num_queries):
    with django_assert_num_queries(3):
        build_roster()
    for number in range(5):
        make_feed(on_air.live_case, eva, title=f"Feed {number}")
    revoke_viewing(farid, on_air.live_case, reason="Why not", acting_user=grace)
    with django_assert_num_queries(3):
        build_roster()


def test_it_is_handed_over_with_the_control_secret_and_a_rising_version(on_air, eva, live_plane):
    first = push_roster()
    assert live_plane.seen == [("/live/control/roster", f"Bearer {control_secret()}")]
    assert (first.silent_since, first.answered_version) == (None, first.version)
    again = push_roster()
    assert again.version == first.version
    arm_feed(on_air, acting_user=eva)
    assert push_roster().version > first.version
    assert [roster["feeds"][on_air.code]["state"] for roster in live_plane.rosters] == ["on_air", "on_air", "armed"]


def test_verbs_hand_it_over_once_their_writes_are_safe(on_air, eva, live_plane, django_capture_on_commit_callbacks):
    push_roster()
    with django_capture_on_commit_callbacks(execute=True):
        arm_feed(on_air, acting_user=eva)
        assert len(live_plane.rosters) == 1
    assert [roster["feeds"][on_air.code]["state"] for roster in live_plane.rosters] == ["on_air", "armed"]


def test_a_database_from_a_backup_overtakes_what_the_live_process_remembers(on_air, live_plane):
    live_plane.version = 4_000_000_000
    state = push_roster()
    assert state.answered_version == live_plane.version == 4_000_000_001
    assert state.silent_since is None


@pytest.mark.parametrize("way", ["away", "broken"])
def test_when_the_live_process_does_not_answer_it_is_written_down_since_when(on_air, live_plane, way):
    if way == "away":
        live_plane.close()
    live_plane.broken = True
    state = push_roster()
    since = state.silent_since
    assert since is not None
    assert state.trouble.startswith("ConnectError" if way == "away" else "It answered 500")
    assert push_roster().silent_since == since
    live_plane.close() if way == "broken" else None


def test_reconciling_pushes_only_what_is_missing(on_air, consent, live_plane, bob):
    assert reconcile_roster() is not None
    assert reconcile_roster() is None
    withdraw_consent(consent, acting_user=bob)
    assert reconcile_roster() is not None
    assert len(live_plane.rosters) == 2
    RosterState.objects.update(answered_at=timezone.now() - TOLD_AGAIN_AFTER)
    assert reconcile_roster() is not None


def test_after_silence_everything_is_told_again(on_air, live_plane):
    live_plane.broken = True
    push_roster()
    live_plane.broken = False
    assert reconcile_roster().silent_since is None
    assert roster_state().silent_since is None


def test_however_many_ask_there_is_one_retry(on_air):
    push_roster()
    soon = timezone.now() + timedelta(seconds=2)
    assert [claim_retry(soon), claim_retry(soon)] == [True, False]
    end_retry()
    assert claim_retry(timezone.now() - timedelta(minutes=1)) is True
    assert claim_retry(soon) is True, "a claim that was never kept lapses"


def test_scopes_of_consent_are_those_of_the_words(consent):
    assert consent.scopes == [Scope.LIVE, Scope.RECORD, Scope.TEACH]
