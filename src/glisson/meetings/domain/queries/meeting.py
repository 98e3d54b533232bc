"""Reads of meetings worth a name."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from glisson.alliance.models import Person
from glisson.meetings.models import Meeting, Session
from glisson.meetings.shows import Show, shows_of


def with_all(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """With everything a page shows of them, in a number of queries that does not grow."""
    sessions = Session.objects.select_related("room").order_by("starts_at", "pk")
    return meetings.select_related("alliance", "host").prefetch_related(Prefetch("sessions", sessions), "rooms")


@dataclass(frozen=True)
class Line:
    """A session as the meeting page shows it: in the meeting's zone and in the reader's."""

    session: Session
    starts: datetime
    ends: datetime
    reader_starts: datetime
    reader_ends: datetime
    is_now: bool
    shows: list[Show]
    add_words: str
    add_url: str

    @property
    def local_times(self) -> str:
        """From and until, by the meeting's clock."""
        return f"{self.starts:%H:%M}–{self.ends:%H:%M}"

    @property
    def reader_times(self) -> str:
        """From and until, by the reader's clock."""
        return f"{self.reader_starts:%H:%M}–{self.reader_ends:%H:%M}"

    @property
    def is_elsewhere(self) -> bool:
        """Whether the reader's clock shows another time than the meeting's."""
        return self.starts.utcoffset() != self.reader_starts.utcoffset()


@dataclass(frozen=True)
class Day:
    """A day of the meeting, by the meeting's calendar."""

    day: date
    lines: list[Line]


def timetable(meeting: Meeting, person: Person, *, at: datetime | None = None) -> list[Day]:
    """The sessions by day, with what is shown in each."""
    at = at or timezone.now()
    sessions = list(meeting.sessions.all())
    found = shows_of(sessions, person)
    lines = [_line(session, meeting, at, found) for session in sessions]
    return [Day(day, list(of_day)) for day, of_day in groupby(lines, key=lambda line: line.starts.date())]


def _line(session: Session, meeting: Meeting, at: datetime, found: list[Any]) -> Line:
    adds = [(shows.add_words, shows.add_urls[session.pk]) for shows in found if session.pk in (shows.add_urls or {})]
    return Line(
        session=session,
        starts=session.starts_at.astimezone(meeting.zoneinfo),
        ends=session.ends_at.astimezone(meeting.zoneinfo),
        reader_starts=timezone.localtime(session.starts_at),
        reader_ends=timezone.localtime(session.ends_at),
        is_now=session.starts_at <= at < session.ends_at,
        shows=[show for shows in found for show in shows.by_session.get(session.pk, [])],
        add_words=adds[0][0] if adds else "",
        add_url=adds[0][1] if adds else "",
    )
