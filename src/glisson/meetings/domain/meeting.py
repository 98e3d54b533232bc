"""Planning and publishing a meeting."""

from datetime import date
from zoneinfo import available_timezones

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from glisson.alliance.models import Alliance, Hospital, Membership, Person
from glisson.core.domain.log import facts, log
from glisson.meetings.models import Meeting, Room

KEPT_IN_LOG = ("host", "title", "place", "zone", "is_hybrid", "starts_on", "ends_on")


class MeetingRefused(Exception):
    """The reason is worded for the person who prepares the meeting."""


@transaction.atomic
def plan_meeting(
    alliance: Alliance,
    *,
    host: Hospital,
    title: str,
    place: str,
    zone: str,
    starts_on: date,
    ends_on: date,
    acting_user: Person,
    is_hybrid: bool = True,
) -> Meeting:
    """Begin a meeting as a draft that only those who prepare it see."""
    meeting = Meeting(alliance=alliance)
    _fill(meeting, host, title, place, zone, is_hybrid, starts_on, ends_on)
    meeting.save()
    log(meeting, "meeting.planned", acting_user=acting_user, after=facts(meeting, *KEPT_IN_LOG))
    return meeting


@transaction.atomic
def change_meeting(
    meeting: Meeting,
    *,
    host: Hospital,
    title: str,
    place: str,
    zone: str,
    starts_on: date,
    ends_on: date,
    is_hybrid: bool,
    acting_user: Person,
) -> Meeting:
    """Correct a meeting's frame; its sessions stay at the instants they were set to."""
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    before = facts(meeting, *KEPT_IN_LOG)
    _fill(meeting, host, title, place, zone, is_hybrid, starts_on, ends_on)
    meeting.save()
    log(meeting, "meeting.changed", acting_user=acting_user, before=before, after=facts(meeting, *KEPT_IN_LOG))
    return meeting


@transaction.atomic
def publish_meeting(meeting: Meeting, *, acting_user: Person) -> Meeting:
    """Show it to every member of the alliance."""
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if meeting.is_published:
        return meeting
    meeting.published_at = timezone.now()
    meeting.save(update_fields=["published_at"])
    log(meeting, "meeting.published", acting_user=acting_user)
    return meeting


@transaction.atomic
def add_room(meeting: Meeting, *, name: str, acting_user: Person) -> Room:
    """Add a hall or a theatre in which sessions take place."""
    if not name.strip():
        raise MeetingRefused(_("Give the room a name."))
    if meeting.rooms.filter(name=name.strip()).exists():
        raise MeetingRefused(_("This meeting already has a room of that name."))
    room = Room.objects.create(meeting=meeting, name=name.strip())
    log(meeting, "meeting.room_added", acting_user=acting_user, after={"room": room.name})
    return room


def _fill(
    meeting: Meeting,
    host: Hospital,
    title: str,
    place: str,
    zone: str,
    is_hybrid: bool,
    starts_on: date,
    ends_on: date,
) -> None:
    if not Membership.objects.current(starts_on).filter(alliance=meeting.alliance, hospital=host).exists():
        raise MeetingRefused(_("The host hospital is not a member of the alliance on the first day."))
    if zone not in available_timezones():
        raise MeetingRefused(_("Choose a time zone from the list, such as Asia/Shanghai."))
    if ends_on < starts_on:
        raise MeetingRefused(_("The last day is before the first day."))
    meeting.host, meeting.title, meeting.place, meeting.zone = host, title.strip(), place.strip(), zone
    meeting.is_hybrid, meeting.starts_on, meeting.ends_on = is_hybrid, starts_on, ends_on
