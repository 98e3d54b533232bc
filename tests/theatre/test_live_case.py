"""The walk of a live case, and every sentence with which a step is refused."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from glisson.core.models import LiveEvent, LogEntry
from glisson.meetings.enums import SessionKind
from glisson.surgery.enums import Scope
from glisson.surgery.models import Case
from glisson.theatre.domain.live_case import (
    clear_live_case,
    close_live_case,
    confirm_consent,
    open_live_case,
    propose_live_case,
)
from glisson.theatre.domain.refusal import TheatreRefused
from glisson.theatre.enums import FeedState, Status
from glisson.theatre.models import LiveCase
from tests.factories.theatre import make_case, make_consent, make_session

NO_CONSENT = "No consent of the patient to live transmission is in force. Record it on the page of the case."


def refused(verb, *arguments, **keywords):
    with pytest.raises(TheatreRefused) as refusal:
        verb(*arguments, **keywords)
    return str(refusal.value)


def test_the_whole_walk_is_logged_and_told(session, case, consent, alice, eva):
    live_case = propose_live_case(session, case, acting_user=alice)
    assert live_case.status == Status.CONSENTED
    live_case = clear_live_case(live_case, acting_user=alice)
    assert (live_case.status, live_case.cleared_by) == (Status.CLEARED, alice)
    live_case = open_live_case(live_case, acting_user=eva)
    live_case = close_live_case(live_case, acting_user=eva)
    assert live_case.status == Status.CLOSED
    assert [(entry.what, entry.who) for entry in LogEntry.objects.about(live_case)] == [
        ("live_case.proposed", alice),
        ("live_case.consented", alice),
        ("live_case.cleared", alice),
        ("live_case.opened", eva),
        ("live_case.closed", eva),
    ]
    told = LiveEvent.objects.filter(channel=live_case.channel).order_by("pk").values_list("data__status", flat=True)
    assert list(told) == ["consented", "cleared", "live", "closed"]


def test_without_consent_it_stays_proposed(proposed, alice):
    assert proposed.status == Status.PROPOSED
    assert refused(confirm_consent, proposed, acting_user=alice) == NO_CONSENT
    assert refused(clear_live_case, proposed, acting_user=alice) == (
        "The patient's consent to live transmission comes first. Record and confirm it."
    )


def test_consent_to_recording_alone_is_none_to_live_transmission(proposed, case, alice):
    make_consent(case, Scope.RECORD)
    assert refused(confirm_consent, proposed, acting_user=alice) == NO_CONSENT


def test_it_cannot_be_opened_uncleared(consented, eva):
    assert refused(open_live_case, consented, acting_user=eva) == "The chair has not cleared this live case yet."


def test_the_database_itself_refuses_an_uncleared_live_case(consented):
    with pytest.raises(IntegrityError), transaction.atomic():
        LiveCase.objects.filter(pk=consented.pk).update(status=Status.LIVE)


def test_consent_that_expired_since_the_clearance_keeps_it_closed(cleared, consent, eva):
    consent.expires_at = timezone.now() - timedelta(minutes=1)
    consent.save()
    assert refused(open_live_case, cleared, acting_user=eva) == NO_CONSENT


def test_no_step_is_taken_twice_and_nothing_is_opened_again(live_case, alice, eva):
    assert refused(confirm_consent, live_case, acting_user=alice) == (
        "The consent of this live case has been confirmed before."
    )
    assert refused(clear_live_case, live_case, acting_user=alice) == "This live case has been cleared before."
    assert refused(open_live_case, live_case, acting_user=eva) == "This live case is already open."
    closed = close_live_case(live_case, acting_user=eva)
    assert refused(close_live_case, closed, acting_user=eva) == "Only an open live case can be closed."
    assert refused(open_live_case, closed, acting_user=eva) == (
        "This live case was closed; a closed case is not opened again."
    )


def test_closing_closes_every_feed(on_air, eva):
    close_live_case(on_air.live_case, acting_user=eva)
    on_air.refresh_from_db()
    assert (on_air.state, on_air.closed_at is not None) == (FeedState.CLOSED, True)


def test_a_proposal_needs_a_live_session_a_surgeon_a_member_and_no_twin(
    meeting, session, case, dina, island_hospital, alice, proposed
):
    lecture = make_session(meeting, alice, kind=SessionKind.LECTURE, title="Lecture")
    assert refused(propose_live_case, lecture, case, acting_user=alice) == (
        "This session is not for live surgery. Choose a session of that kind."
    )
    nobody = make_case(case.surgeon, case.hospital)
    nobody.team.all().delete()
    assert refused(propose_live_case, session, Case.objects.get(pk=nobody.pk), acting_user=alice) == (
        "Name the operating surgeon on the case first."
    )
    foreign = make_case(dina, island_hospital)
    assert refused(propose_live_case, session, foreign, acting_user=alice) == (
        "The case's hospital is not a member of the alliance that holds this meeting."
    )
    assert refused(propose_live_case, session, case, acting_user=alice) == "This case is already in this session."


def test_who_sees_it(draft, live_case, alice, bob, chen, dina, eva, farid, grace):
    everyone = (alice, bob, chen, dina, eva, farid, grace)
    assert [p for p in everyone if LiveCase.objects.visible_to(p).exists()] == [alice, bob, chen, eva, farid, grace]


def test_before_publication_only_those_who_prepare_it_see_it(draft, case, consent, alice, bob, chen, eva, farid, grace):
    propose_live_case(make_session(draft, alice), case, acting_user=alice)
    seen = [p for p in (alice, bob, chen, eva, farid, grace) if LiveCase.objects.visible_to(p).exists()]
    assert seen == [alice, bob, eva, grace]
