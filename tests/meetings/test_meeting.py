from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from glisson.core.models import LogEntry
from glisson.meetings.domain.meeting import MeetingRefused, add_room, change_meeting, publish_meeting
from glisson.meetings.domain.queries.meeting import timetable, with_all
from glisson.meetings.domain.session import add_session, change_session
from glisson.meetings.enums import SessionKind
from glisson.meetings.forms import MeetingForm, SessionForm
from glisson.meetings.models import Meeting, Session
from glisson.theatre.domain.live_case import propose_live_case
from tests.factories.theatre import make_case, make_meeting, make_session


def refused(verb, *arguments, **keywords):
    with pytest.raises(MeetingRefused) as refusal:
        verb(*arguments, **keywords)
    return str(refusal.value)


def sees(*people):
    return [person for person in people if Meeting.objects.visible_to(person).exists()]


def test_a_draft_is_seen_by_those_who_prepare_it(draft, alice, bob, chen, dina, eva, farid, grace):
    assert sees(alice, bob, chen, dina, eva, farid, grace) == [alice, eva, grace]


def test_a_published_meeting_is_seen_by_the_alliance_and_nobody_else(
    meeting, alice, bob, chen, dina, eva, farid, grace
):
    assert sees(alice, bob, chen, dina, eva, farid, grace) == [alice, bob, chen, eva, farid, grace]


def test_when_the_hospital_leaves_its_people_see_it_no_longer(meeting, harbour, chen):
    harbour.memberships.update(ends_on=timezone.now().date() - timedelta(days=1))
    assert sees(chen) == []


def test_when_the_appointment_ends_the_person_sees_it_no_longer(meeting, chen):
    chen.appointments.update(ends_on=timezone.now().date() - timedelta(days=1))
    assert sees(chen) == []


def test_publishing_is_logged_once(draft, alice):
    publish_meeting(publish_meeting(draft, acting_user=alice), acting_user=alice)
    assert [entry.what for entry in LogEntry.objects.about(draft)] == ["meeting.planned", "meeting.published"]


def test_what_is_no_meeting_is_refused_with_a_sentence(northern, lakeside, island_hospital, alice):
    assert refused(make_meeting, northern, island_hospital, alice) == (
        "The host hospital is not a member of the alliance on the first day."
    )
    assert refused(make_meeting, northern, lakeside, alice, zone="Mars/Base") == (
        "Choose a time zone from the list, such as Asia/Shanghai."
    )
    assert refused(make_meeting, northern, lakeside, alice, ends_on=date(2025, 1, 1)) == (
        "The last day is before the first day."
    )


def test_a_change_keeps_what_was_said_before(meeting, harbour, alice):
    change_meeting(
        meeting,
        host=harbour,
        title="Moved",
        place="Lecture theatre",
        zone="Asia/Shanghai",
        starts_on=meeting.starts_on,
        ends_on=meeting.ends_on,
        is_hybrid=False,
        acting_user=alice,
    )
    entry = LogEntry.objects.about(meeting).last()
    assert (entry.what, entry.before["title"], entry.after["title"]) == ("meeting.changed", "Live surgery day", "Moved")


def test_rooms_are_named_and_named_once(meeting, room, alice):
    assert refused(add_room, meeting, name="Theatre 1 ", acting_user=alice) == (
        "This meeting already has a room of that name."
    )
    assert refused(add_room, meeting, name=" ", acting_user=alice) == "Give the room a name."


def test_two_sessions_never_share_a_room_at_one_time(meeting, room, session, alice):
    first = make_session(meeting, alice, room=room, title="First")
    assert refused(make_session, meeting, alice, room=room) == "The room is taken at that time by “First”."
    after = make_session(
        meeting, alice, room=room, starts_at=first.ends_at, ends_at=first.ends_at + timedelta(minutes=10)
    )
    moved = {"kind": after.kind, "title": after.title, "room": room, "ends_at": after.ends_at, "acting_user": alice}
    assert refused(change_session, after, starts_at=first.starts_at, **moved) == (
        "The room is taken at that time by “First”."
    )
    kept = change_session(after, starts_at=after.starts_at, **(moved | {"title": "Second"}))
    assert kept.title == "Second"


def test_a_session_lies_within_the_meeting_by_the_meeting_s_calendar(northern, lakeside, alice):
    meeting = make_meeting(
        northern, lakeside, alice, zone="Asia/Shanghai", starts_on=date(2026, 5, 4), ends_on=date(2026, 5, 4)
    )
    # 4 May begins in Shanghai at 16:00 UTC of 3 May.
    first = datetime(2026, 5, 3, 16, 0, tzinfo=UTC)
    values = {"kind": SessionKind.OPENING, "title": "Opening", "acting_user": alice}
    assert add_session(meeting, starts_at=first, ends_at=first + timedelta(hours=1), **values).pk
    early = first - timedelta(minutes=1)
    assert refused(add_session, meeting, starts_at=early, ends_at=first, **values) == (
        "The session lies outside the days of the meeting."
    )
    assert refused(add_session, meeting, starts_at=first, ends_at=first, **values) == (
        "The session ends before it starts."
    )


def test_a_room_of_another_meeting_is_refused(meeting, northern, lakeside, alice):
    other = add_room(make_meeting(northern, lakeside, alice), name="Elsewhere", acting_user=alice)
    assert refused(make_session, meeting, alice, room=other) == "This room belongs to another meeting."


def test_the_database_refuses_a_session_that_ends_before_it_starts(session):
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(ends_at=session.starts_at)


def test_typed_times_are_the_meeting_s_whatever_the_reader_s_zone(northern, lakeside, alice):
    meeting = make_meeting(
        northern, lakeside, alice, zone="Asia/Shanghai", starts_on=date(2026, 5, 4), ends_on=date(2026, 5, 5)
    )
    typed = {"kind": "lecture", "title": "Talk", "starts_at": "2026-05-04T09:00", "ends_at": "2026-05-04T10:00"}
    with timezone.override("America/New_York"):
        form = SessionForm(typed, meeting=meeting)
        assert form.is_valid()
        session = form.save(acting_user=alice)
        again = SessionForm(meeting=meeting, session=session)
        assert 'value="2026-05-04T09:00"' in str(again["starts_at"])
    assert session.starts_at == datetime(2026, 5, 4, 1, 0, tzinfo=UTC)


def test_the_timetable_is_by_the_meeting_s_days_with_the_reader_s_times_beside(northern, lakeside, alice):
    meeting = make_meeting(
        northern, lakeside, alice, zone="Asia/Shanghai", starts_on=date(2026, 5, 4), ends_on=date(2026, 5, 5)
    )
    for day, hour in ((4, 9), (5, 9)):
        starts_at = datetime(2026, 5, day, hour, tzinfo=ZoneInfo("Asia/Shanghai"))
        make_session(meeting, alice, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    meeting = with_all(Meeting.objects).get(pk=meeting.pk)
    with timezone.override("Europe/Berlin"):
        days = timetable(meeting, alice, at=datetime(2026, 5, 4, 1, 30, tzinfo=UTC))
    assert [day.day for day in days] == [date(2026, 5, 4), date(2026, 5, 5)]
    first, second = days[0].lines[0], days[1].lines[0]
    assert (first.local_times, first.reader_times, first.is_elsewhere) == ("09:00–10:00", "03:00–04:00", True)
    assert (first.is_now, second.is_now) == (True, False)


def test_the_office_plans_for_its_own_alliance_only(northern, southern, island_hospital, alice):
    form = MeetingForm(user=alice)
    assert list(form.fields["alliance"].queryset) == [northern]
    assert island_hospital not in form.fields["host"].queryset


def test_a_longer_timetable_with_more_live_cases_takes_no_more_queries(client, meeting, session, proposed, bob, alice):
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    with CaptureQueriesContext(connection) as few:
        client.get(meeting.get_absolute_url())
    for _ in range(4):
        propose_live_case(make_session(meeting, alice), make_case(bob, meeting.host), acting_user=alice)
    with CaptureQueriesContext(connection) as many:
        page = client.get(meeting.get_absolute_url()).content.decode()
    assert page.count("Laparoscopic right hepatectomy with") == 5
    assert len(many) == len(few)
