from datetime import timedelta

import pytest
from django.utils import timezone

from glisson.core.config import config
from glisson.streaming.rights import PASS_SECONDS, shared_secret, verify_pass
from glisson.surgery.enums import Scope
from glisson.surgery.models import Consent
from glisson.theatre.domain.consent import withdraw_and_take_down
from glisson.theatre.domain.passes import issue_pass, revoke_viewing, scopes_of
from glisson.theatre.domain.recording import register_recording
from glisson.theatre.domain.refusal import TheatreRefused
from glisson.theatre.models import LiveCase
from tests.factories.theatre import make_consent, recorded


def fresh(live_case):
    return LiveCase.objects.get(pk=live_case.pk)


def test_everyone_in_the_alliance_watches_and_only_those_who_run_it_do_more(
    on_air, alice, bob, chen, eva, farid, grace
):
    live_case = fresh(on_air.live_case)
    more = {"watch", "preview", "health", f"publish:{on_air.code}"}
    assert scopes_of(farid, live_case) == scopes_of(chen, live_case) == scopes_of(bob, live_case) == {"watch"}
    assert scopes_of(eva, live_case) == scopes_of(grace, live_case) == scopes_of(alice, live_case) == more


def test_before_it_is_open_only_the_theatre_looks(cleared, eva, farid):
    assert scopes_of(farid, cleared) == frozenset()
    assert issue_pass(farid, cleared) is None
    assert scopes_of(eva, cleared) == {"preview", "health"}


def test_afterwards_the_replay_is_for_everyone_and_the_file_for_those_it_is_meant_for(
    closed_case, alice, bob, chen, eva, farid, grace
):
    live_case = fresh(closed_case)
    assert scopes_of(farid, live_case) == scopes_of(chen, live_case) == {"replay"}
    for person in (alice, bob, eva, grace):
        assert scopes_of(person, live_case) == {"replay", "download"}


def test_without_consent_to_teach_there_is_no_file(closed_case, eva):
    Consent.objects.update(teach=False)
    assert scopes_of(eva, fresh(closed_case)) == {"replay"}


def test_without_consent_to_record_there_is_no_replay(closed_case, eva, farid):
    Consent.objects.update(record=False)
    assert scopes_of(eva, fresh(closed_case)) == frozenset()
    assert issue_pass(farid, fresh(closed_case)) is None


def test_a_pass_is_signed_for_ten_minutes_and_one_group(on_air, farid):
    at = timezone.now()
    signed = issue_pass(farid, fresh(on_air.live_case), at=at)
    secret = shared_secret(config().secrets_folder, "live-signing")
    read = verify_pass(secret, signed.text, now=at.timestamp())
    assert read == signed.viewer_pass
    assert (read.group, read.expires, read.epoch) == (on_air.live_case.group, int(at.timestamp()) + PASS_SECONDS, 0)
    assert signed.path == f"/live/v/{on_air.live_case.group}/"
    assert farid.name not in signed.text


def test_withdrawal_ends_every_pass_and_every_replay_at_once(closed_case, consent, live_plane, eva, farid):
    feed = closed_case.feeds.get()
    live_plane.recordings[feed.code] = recorded()
    asset = register_recording(feed)
    epoch = fresh(closed_case).pass_epoch()
    withdraw_and_take_down(consent, acting_user=eva)
    asset.refresh_from_db()
    assert asset.is_taken_down
    assert fresh(closed_case).pass_epoch() > epoch
    assert issue_pass(farid, fresh(closed_case)) is None
    make_consent(closed_case.case, Scope.RECORD)
    assert issue_pass(farid, fresh(closed_case)) is None, "what was taken down stays down"


def test_withdrawal_in_mid_case_cuts_the_feeds(on_air, consent, bob, farid):
    withdraw_and_take_down(consent, acting_user=bob)
    on_air.refresh_from_db()
    assert on_air.state == "closed"
    assert issue_pass(farid, fresh(on_air.live_case)) is None


def test_what_another_consent_covers_goes_on(on_air, consent, bob, farid):
    other = make_consent(on_air.live_case.case, Scope.RESEARCH)
    withdraw_and_take_down(other, acting_user=bob)
    on_air.refresh_from_db()
    assert on_air.state == "on_air"
    assert scopes_of(farid, fresh(on_air.live_case)) == {"watch"}


def test_withdrawing_twice_is_withdrawing_once(on_air, consent, bob):
    first = withdraw_and_take_down(consent, acting_user=bob)
    assert withdraw_and_take_down(consent, acting_user=bob).withdrawn_at == first.withdrawn_at


def test_a_consent_that_expires_ends_the_watching(on_air, farid):
    Consent.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    live_case = fresh(on_air.live_case)
    assert scopes_of(farid, live_case) == {"watch"}
    assert scopes_of(farid, live_case, at=timezone.now() + timedelta(hours=2)) == frozenset()


def test_a_revoked_person_sees_nothing_and_the_others_go_on(on_air, chen, farid, grace):
    revoke_viewing(farid, on_air.live_case, reason="Filmed the screen", acting_user=grace)
    live_case = fresh(on_air.live_case)
    assert issue_pass(farid, live_case) is None
    assert scopes_of(chen, live_case) == {"watch"}
    again = revoke_viewing(farid, on_air.live_case, reason="Twice", acting_user=grace)
    assert again.reason == "Filmed the screen"


def test_revoking_needs_a_reason_and_another_person(on_air, farid, grace):
    with pytest.raises(TheatreRefused, match=r"Say why, for the log."):
        revoke_viewing(farid, on_air.live_case, reason=" ", acting_user=grace)
    with pytest.raises(TheatreRefused, match=r"You cannot remove yourself."):
        revoke_viewing(grace, on_air.live_case, reason="Tired", acting_user=grace)
