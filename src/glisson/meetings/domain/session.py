"""Lines of the timetable."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from glisson.alliance.models import Person
from glisson.core.domain.log import facts, log
from glisson.meetings.domain.meeting import MeetingRefused
from glisson.meetings.enums import SessionKind
from glisson.meetings.models import Meeting, Room, Session

KEPT_IN_LOG = ("kind", "title", "room", "starts_at", "ends_at")


@transaction.atomic
def add_session(
    meeting: Meeting,
    *,
    kind: str,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    acting_user: Person,
    room: Room | None = None,
) -> Session:
    """Add a session within the meeting's days; two sessions never share a room at one time."""
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    session = Session(meeting=meeting)
    _fill(session, kind, title, room, starts_at, ends_at)
    session.save()
    log(session, "session.added", acting_user=acting_user, after=facts(session, *KEPT_IN_LOG))
    return session


@transaction.atomic
def change_session(
    session: Session,
    *,
    kind: str,
    title: str,
    room: Room | None,
    starts_at: datetime,
    ends_at: datetime,
    acting_user: Person,
) -> Session:
    """Correct a session's words, place or times."""
    # The meeting is held, so that two sessions cannot be moved onto each other at once.
    Meeting.objects.select_for_update().get(pk=session.meeting_id)
    session = Session.objects.select_related("meeting").get(pk=session.pk)
    before = facts(session, *KEPT_IN_LOG)
    _fill(session, kind, title, room, starts_at, ends_at)
    session.save()
    log(session, "session.changed", acting_user=acting_user, before=before, after=facts(session, *KEPT_IN_LOG))
    return session


def _fill(session: Session, kind: str, title: str, room: Room | None, starts_at: datetime, ends_at: datetime) -> None:
    meeting = session.meeting
    if ends_at <= starts_at:
        raise MeetingRefused(_("The session ends before it starts."))
    days = starts_at.astimezone(meeting.zoneinfo).date(), ends_at.astimezone(meeting.zoneinfo).date()
    if days[0] < meeting.starts_on or days[1] > meeting.ends_on:
        raise MeetingRefused(_("The session lies outside the days of the meeting."))
    if room is not None:
        if room.meeting_id != meeting.pk:
            raise MeetingRefused(_("This room belongs to another meeting."))
        taken = room.sessions.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exclude(pk=session.pk).first()
        if taken is not None:
            raise MeetingRefused(_("The room is taken at that time by “%(title)s”.") % {"title": taken.title})
    session.kind, session.title, session.room = SessionKind(kind), title.strip(), room
    session.starts_at, session.ends_at = starts_at, ends_at
