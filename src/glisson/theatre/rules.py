"""Who may do what with a live case and its feeds."""

import rules

from glisson.alliance.enums import Role
from glisson.meetings.rules import directs_meeting, is_meeting_office
from glisson.surgery import rules as surgery_rules


@rules.predicate
def proposes_in_session(person, session):
    """Office, director, and the surgeons and coordinators of hospitals in the meeting's alliance."""
    if session is None:
        return False
    meeting = session.meeting
    members = meeting.alliance.memberships.current().values("hospital")
    posts = person.appointments.current()
    return (
        is_meeting_office(person, meeting)
        or directs_meeting(person, meeting)
        or posts.filter(hospital__in=members, role__in=[Role.SURGEON, Role.COORDINATOR]).exists()
    )


@rules.predicate
def is_office_of_live_case(person, live_case):
    """The chair and the office of the alliance whose meeting it is."""
    return live_case is not None and is_meeting_office(person, live_case.session.meeting)


@rules.predicate
def directs_live_case(person, live_case):
    """The director or moderator of the meeting."""
    return live_case is not None and directs_meeting(person, live_case.session.meeting)


@rules.predicate
def chairs_alliance(person, live_case):
    """The chair of the alliance: the one who reviews the choice of case."""
    return (
        live_case is not None
        and person.appointments.current()
        .filter(alliance_id=live_case.session.meeting.alliance_id, role=Role.CHAIR)
        .exists()
    )


@rules.predicate
def is_theatre_technician(person, live_case):
    """Technicians and coordinators of the operating hospital and of the host hospital."""
    if live_case is None:
        return False
    hospitals = [live_case.case.hospital_id, live_case.session.meeting.host_id]
    return (
        person.appointments.current()
        .filter(hospital__in=hospitals, role__in=[Role.TECHNICIAN, Role.COORDINATOR])
        .exists()
    )


@rules.predicate
def is_faculty(person, live_case):
    """Faculty of the alliance."""
    return (
        live_case is not None
        and person.appointments.current()
        .filter(alliance_id=live_case.session.meeting.alliance_id, role=Role.FACULTY)
        .exists()
    )


@rules.predicate
def operates(person, live_case):
    """The operating surgeon of the case."""
    return live_case is not None and surgery_rules.is_operating_surgeon(person, live_case.case)


runs_theatre = is_theatre_technician | is_office_of_live_case | directs_live_case


@rules.predicate
def runs_theatre_of_feed(person, feed):
    """Those who run the theatre the feed comes from."""
    return feed is not None and runs_theatre(person, feed.live_case)


rules.add_perm("theatre.propose_live_case", proposes_in_session)
rules.add_perm("theatre.confirm_consent", operates | is_office_of_live_case | is_theatre_technician)
rules.add_perm("theatre.clear_live_case", chairs_alliance)
rules.add_perm("theatre.open_live_case", runs_theatre | operates)
rules.add_perm("theatre.close_live_case", runs_theatre | operates)
rules.add_perm("theatre.run_feeds", runs_theatre)
rules.add_perm("theatre.revoke_viewing", is_office_of_live_case | directs_live_case)
rules.add_perm("theatre.download", runs_theatre | operates | is_faculty)
rules.add_perm("theatre.run_feed", runs_theatre_of_feed)
