"""Loads the demo; a second time it only makes sure that a meeting is live today."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from glisson.alliance.enums import Role as Post
from glisson.alliance.models import Alliance, Hospital, Person
from glisson.clinical import Operation
from glisson.core.config import config
from glisson.meetings.domain.meeting import add_room, plan_meeting, publish_meeting
from glisson.meetings.domain.session import add_session
from glisson.meetings.enums import SessionKind
from glisson.meetings.models import Meeting, Room, Session
from glisson.surgery.domain.case import enter_case
from glisson.surgery.domain.consent import record_consent
from glisson.surgery.enums import Approach, IcgUse, Role, Scope
from glisson.surgery.models import Case
from glisson.theatre.domain import stream_keys
from glisson.theatre.domain.feed import arm_feed, create_feed, put_feed_on_air
from glisson.theatre.domain.live_case import (
    clear_live_case,
    close_live_case,
    open_live_case,
    propose_live_case,
)
from glisson.theatre.enums import Angle, FeedState, Status
from glisson.theatre.models import Feed, LiveCase
from glisson.web.demo.people import hospital, load_people

TITLE = "Live surgery day"
ZONE = "Asia/Shanghai"
RIGHT = "S5,S6,S7,S8;PV:reconstructed|rh+pv-thrombectomy+pv-reconstruct"
LEFT = "S2,S3,S4a,S4b|lh"
LATERAL = "S2,S3|lls"

People = dict[str, Person]


def load_demo(*, acting_user: Person | None = None) -> LiveCase:
    """Load what is missing of the demo; returns the live case that is open now.

    Safe to call at every start: people and past meetings are made once, a meeting once a day, and a live case that a
    visitor closed is followed by a fresh one.
    """
    with transaction.atomic():
        alliance, people = load_people()
        _earlier_meeting(alliance, people)
        return _open_today(alliance, people)


def demo_feed_urls() -> list[str]:
    """RTMP addresses with keys of the open demo case's feeds: white light first, then fluorescence."""
    feeds = Feed.objects.filter(
        live_case__session__meeting__title=TITLE,
        live_case__status=Status.LIVE,
        state=FeedState.ON_AIR,
        live_case__session__meeting__alliance__name="Northern Alliance",
    ).order_by("-live_case_id", "pk")
    newest = list(feeds)
    newest = [feed for feed in newest if feed.live_case_id == newest[0].live_case_id]
    by_angle = {feed.angle: feed for feed in reversed(newest)}
    wanted = [by_angle[angle] for angle in (Angle.LAPAROSCOPE, Angle.FLUORESCENCE) if angle in by_angle]
    return [f"{config().rtmp_url}/{stream_keys.unseal(feed.sealed_key)}" for feed in wanted]


def _open_today(alliance: Alliance, people: People) -> LiveCase:
    now = timezone.now().replace(second=0, microsecond=0)
    open_now = LiveCase.objects.filter(
        status=Status.LIVE, session__meeting__alliance=alliance, session__meeting__title=TITLE
    )
    for live_case in open_now:
        if live_case.session.ends_at > now and live_case.feeds.filter(state=FeedState.ON_AIR).exists():
            return live_case
        close_live_case(live_case, acting_user=people["eva"])
    meeting = _meeting_of_today(alliance, people, now)
    return _right_hepatectomy(meeting, people, now)


def _meeting_of_today(alliance: Alliance, people: People, now: datetime) -> Meeting:
    alice, start = people["alice"], now - timedelta(minutes=40)
    meeting = plan_meeting(
        alliance,
        host=hospital("Lakeside General Hospital"),
        title=TITLE,
        place="Great hall, Lakeside",
        zone=ZONE,
        starts_on=_day(start - timedelta(minutes=30)),
        ends_on=_day(now + timedelta(hours=8)),
        acting_user=alice,
    )
    hall, theatre_2 = (add_room(meeting, name=name, acting_user=alice) for name in ("Great hall", "Theatre 2"))
    for kind, title, room, begins, minutes in (
        (SessionKind.OPENING, "Opening and the day's two cases", hall, -70, 25),
        (SessionKind.LIVE_CASE, "Theatre 2: left hepatectomy", theatre_2, 90, 150),
        (SessionKind.BREAK, "Break", hall, 250, 45),
        (SessionKind.CASE_REVIEW, "Recorded operations, discussed by the panel", hall, 300, 90),
        (SessionKind.LECTURE, "Portal vein thrombosis: when to resect, when to wait", hall, 395, 30),
        (SessionKind.DISCUSSION, "What we take home", hall, 430, 30),
    ):
        session = _session(meeting, kind, title, room, now, begins, minutes, alice)
        if kind == SessionKind.LIVE_CASE:
            _left_hepatectomy(session, people)
    return publish_meeting(meeting, acting_user=alice)


def _right_hepatectomy(meeting: Meeting, people: People, now: datetime) -> LiveCase:
    room = meeting.rooms.filter(name="Theatre 1").first() or add_room(
        meeting, name="Theatre 1", acting_user=people["alice"]
    )
    title = "Theatre 1: right hepatectomy with portal vein reconstruction"
    session = _session(meeting, SessionKind.LIVE_CASE, title, room, now, -40, 280, people["alice"])
    case = _case(
        people,
        RIGHT,
        now,
        surgeon="bob",
        icg_use=IcgUse.NEGATIVE_STAIN,
        scopes=[Scope.LIVE, Scope.RECORD, Scope.TEACH],
    )
    live_case = _cleared(session, case, people)
    eva = people["eva"]
    live_case = open_live_case(live_case, acting_user=eva)
    for angle, words in ((Angle.LAPAROSCOPE, "Laparoscope"), (Angle.FLUORESCENCE, "Fluorescence")):
        feed = create_feed(live_case, angle=angle, title=words, acting_user=eva)
        put_feed_on_air(arm_feed(feed, acting_user=eva), acting_user=eva)
    return live_case


def _left_hepatectomy(session: Session, people: People) -> LiveCase:
    case = _case(people, LEFT, session.starts_at, surgeon="karin", scopes=[Scope.LIVE, Scope.RECORD])
    live_case = _cleared(session, case, people)
    create_feed(live_case, angle=Angle.LAPAROSCOPE, title="Laparoscope", acting_user=people["eva"])
    return live_case


def _earlier_meeting(alliance: Alliance, people: People) -> None:
    """A meeting five weeks ago whose case was closed and not recorded: its patient did not agree to that."""
    title = "Autumn live surgery"
    if Meeting.objects.filter(alliance=alliance, title=title).exists():
        return
    alice = people["alice"]
    then = (timezone.now() - timedelta(weeks=5)).astimezone(UTC).replace(hour=2, minute=0, second=0, microsecond=0)
    meeting = plan_meeting(
        alliance,
        host=hospital("Harbour University Hospital"),
        title=title,
        place="Lecture theatre, Harbour",
        zone=ZONE,
        starts_on=_day(then),
        ends_on=_day(then + timedelta(hours=4)),
        acting_user=alice,
    )
    room = add_room(meeting, name="Theatre 5", acting_user=alice)
    title = "Left lateral sectionectomy, step by step"
    session = _session(meeting, SessionKind.LIVE_CASE, title, room, then, 0, 120, alice)
    case = _case(people, LATERAL, then, surgeon="jun", scopes=[Scope.LIVE], performed=Approach.LAPAROSCOPIC)
    live_case = open_live_case(_cleared(session, case, people), acting_user=people["jun"])
    close_live_case(live_case, acting_user=people["jun"])
    publish_meeting(meeting, acting_user=alice)


def _case(
    people: People,
    operation: str,
    at: datetime,
    *,
    surgeon: str,
    scopes: list[Scope],
    icg_use: str = IcgUse.NONE,
    performed: str = "",
) -> Case:
    operator = people[surgeon]
    place = Hospital.objects.get(appointments__person=operator, appointments__role=Post.SURGEON)
    team: dict[str, Person] = {Role.SURGEON: operator}
    if surgeon != "jun":
        team |= {
            Role.ASSISTANT: people["karin" if surgeon == "bob" else "bob"],
            Role.SCRUB_NURSE: people["hana"],
            Role.ANAESTHETIST: people["ivan"],
        }
    case = enter_case(
        hospital=place,
        operated_on=_day(at),
        operation=Operation.parse(operation),
        approach_intended=Approach.LAPAROSCOPIC,
        approach_performed=performed,
        icg_use=icg_use,
        team=team,
        acting_user=operator,
    )
    record_consent(
        case,
        scopes=scopes,
        document="Consent folder, invented for the demo",
        signed_at=min(at, timezone.now()) - timedelta(days=3),
        acting_user=operator,
    )
    return case


def _cleared(session: Session, case: Case, people: People) -> LiveCase:
    proposed = propose_live_case(session, case, acting_user=people["alice"])
    return clear_live_case(proposed, acting_user=people["alice"])


def _session(
    meeting: Meeting, kind: str, title: str, room: Room, now: datetime, begins: int, minutes: int, alice: Person
) -> Session:
    starts_at = now + timedelta(minutes=begins)
    return add_session(
        meeting,
        kind=kind,
        title=title,
        room=room,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        acting_user=alice,
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(ZONE)).date()
