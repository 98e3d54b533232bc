"""Who may do what with a meeting."""

import rules

from glisson.alliance.enums import Role
from glisson.alliance.rules import is_alliance_office


@rules.predicate
def is_meeting_office(person, meeting):
    """The chair and the office of the meeting's alliance."""
    return meeting is not None and is_alliance_office(person, meeting.alliance)


@rules.predicate
def directs_meeting(person, meeting):
    """The directors and moderators of the meeting's alliance."""
    return (
        meeting is not None
        and person.appointments.current().filter(alliance_id=meeting.alliance_id, role=Role.DIRECTOR).exists()
    )


@rules.predicate
def runs_some_alliance(person, _nothing=None):
    """The chair or office of any alliance."""
    return person.appointments.current().filter(role__in=[Role.CHAIR, Role.OFFICE]).exists()


@rules.predicate
def prepares_session(person, session):
    """Those who prepare the session's meeting."""
    return session is not None and (is_meeting_office | directs_meeting)(person, session.meeting)


rules.add_perm("meetings.plan_meeting", runs_some_alliance)
rules.add_perm("meetings.change_meeting", is_meeting_office | directs_meeting)
rules.add_perm("meetings.publish_meeting", is_meeting_office)
rules.add_perm("meetings.change_session", prepares_session)
