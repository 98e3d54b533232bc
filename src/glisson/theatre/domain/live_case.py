"""The walk of a live case: proposed, consented, cleared, live, closed."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from glisson.alliance.models import Membership, Person
from glisson.core.domain.events import publish
from glisson.core.domain.log import log
from glisson.meetings.enums import SessionKind
from glisson.meetings.models import Session
from glisson.surgery.enums import Scope
from glisson.surgery.models import Case
from glisson.theatre.domain.feed import close_open_feeds
from glisson.theatre.domain.refusal import TheatreRefused
from glisson.theatre.domain.roster import push_roster_on_commit
from glisson.theatre.enums import Status
from glisson.theatre.models import LiveCase


@transaction.atomic
def propose_live_case(session: Session, case: Case, *, acting_user: Person) -> LiveCase:
    """Propose a case for a live session; nothing is shown until it is consented, cleared and opened."""
    if session.kind != SessionKind.LIVE_CASE:
        raise TheatreRefused(_("This session is not for live surgery. Choose a session of that kind."))
    if case.surgeon is None:
        raise TheatreRefused(_("Name the operating surgeon on the case first."))
    members = Membership.objects.current().filter(alliance=session.meeting.alliance)
    if not members.filter(hospital=case.hospital).exists():
        raise TheatreRefused(_("The case's hospital is not a member of the alliance that holds this meeting."))
    if LiveCase.objects.filter(session=session, case=case).exists():
        raise TheatreRefused(_("This case is already in this session."))
    live_case = LiveCase.objects.create(session=session, case=case)
    log(live_case, "live_case.proposed", acting_user=acting_user, after={"case": case.code, "session": session.code})
    if Scope.LIVE in case.consent_scopes():
        live_case = confirm_consent(live_case, acting_user=acting_user)
    return live_case


@transaction.atomic
def confirm_consent(live_case: LiveCase, *, acting_user: Person) -> LiveCase:
    """Say that the patient's consent to live transmission is on record."""
    live_case = _locked(live_case)
    if live_case.status != Status.PROPOSED:
        raise TheatreRefused(_("The consent of this live case has been confirmed before."))
    _require_live_consent(live_case)
    return _walk(live_case, Status.CONSENTED, "live_case.consented", acting_user=acting_user)


@transaction.atomic
def clear_live_case(live_case: LiveCase, *, acting_user: Person) -> LiveCase:
    """The chair has reviewed the choice of case and lets it be shown."""
    live_case = _locked(live_case)
    if live_case.status == Status.PROPOSED:
        raise TheatreRefused(_("The patient's consent to live transmission comes first. Record and confirm it."))
    if live_case.status != Status.CONSENTED:
        raise TheatreRefused(_("This live case has been cleared before."))
    _require_live_consent(live_case)
    live_case.cleared_at, live_case.cleared_by = timezone.now(), acting_user
    live_case.save(update_fields=["cleared_at", "cleared_by"])
    return _walk(live_case, Status.CLEARED, "live_case.cleared", acting_user=acting_user)


@transaction.atomic
def open_live_case(live_case: LiveCase, *, acting_user: Person) -> LiveCase:
    """From now on feeds can be put on air."""
    live_case = _locked(live_case)
    if live_case.status == Status.LIVE:
        raise TheatreRefused(_("This live case is already open."))
    if live_case.is_over:
        raise TheatreRefused(_("This live case was closed; a closed case is not opened again."))
    if live_case.status != Status.CLEARED:
        raise TheatreRefused(_("The chair has not cleared this live case yet."))
    _require_live_consent(live_case)
    live_case.opened_at = timezone.now()
    live_case.save(update_fields=["opened_at"])
    return _walk(live_case, Status.LIVE, "live_case.opened", acting_user=acting_user)


@transaction.atomic
def close_live_case(live_case: LiveCase, *, acting_user: Person) -> LiveCase:
    """End it: every feed is closed, recordings are finished, nobody publishes any more."""
    live_case = _locked(live_case)
    if live_case.status != Status.LIVE:
        raise TheatreRefused(_("Only an open live case can be closed."))
    live_case.closed_at = timezone.now()
    live_case.save(update_fields=["closed_at"])
    close_open_feeds(live_case, acting_user=acting_user)
    return _walk(live_case, Status.CLOSED, "live_case.closed", acting_user=acting_user)


def _locked(live_case: LiveCase) -> LiveCase:
    """The row of this moment, held until the end, with what the verbs look at."""
    return (
        LiveCase.objects.select_for_update(of=("self",))
        .select_related("case__hospital", "session__meeting")
        .get(pk=live_case.pk)
    )


def _require_live_consent(live_case: LiveCase) -> None:
    if Scope.LIVE not in live_case.case.consent_scopes():
        raise TheatreRefused(
            _("No consent of the patient to live transmission is in force. Record it on the page of the case.")
        )


def _walk(live_case: LiveCase, status: Status, what: str, *, acting_user: Person) -> LiveCase:
    before, live_case.status = live_case.status, status
    live_case.save(update_fields=["status"])
    log(live_case, what, acting_user=acting_user, before={"status": before}, after={"status": status.value})
    publish(live_case.channel, "live_case.changed", {"status": status.value})
    push_roster_on_commit()
    return live_case
