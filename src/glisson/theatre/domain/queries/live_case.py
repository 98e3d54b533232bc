"""Reads of live cases worth a name."""

from django.db.models import QuerySet

from glisson.alliance.models import Person
from glisson.surgery.enums import Scope
from glisson.theatre.enums import Status
from glisson.theatre.models import Feed, FeedRecording, LiveCase


def with_all(live_cases: QuerySet[LiveCase]) -> QuerySet[LiveCase]:
    """With everything a page shows of them, in a number of queries that does not grow."""
    return live_cases.select_related(
        "case__hospital", "session__meeting__alliance", "session__meeting__host", "session__room"
    ).prefetch_related("feeds__recording__asset", "case__team__person", "case__consents")


def on_now(person: Person) -> QuerySet[LiveCase]:
    """Live cases open at this moment that the person may see."""
    return with_all(LiveCase.objects.visible_to(person).filter(status=Status.LIVE))


def is_playable(live_case: LiveCase) -> bool:
    """Whether there is a replay that consent in force allows to be shown now.

    A feed that was closed can be replayed while the others are still on air.
    """
    return Scope.RECORD in live_case.case.consent_scopes() and any(is_kept(feed) for feed in live_case.feeds.all())


def playable_feeds(live_case: LiveCase) -> list[Feed]:
    """The feeds whose recordings are there and not taken down."""
    return [feed for feed in live_case.feeds.all() if is_kept(feed)] if is_playable(live_case) else []


def is_kept(feed: Feed) -> bool:
    """Whether a closed feed has a recording that was not taken down."""
    recording: FeedRecording | None = getattr(feed, "recording", None)
    return not feed.is_open and recording is not None and not recording.asset.is_taken_down


def may_follow(person: Person, code: str) -> bool:
    """Whether the person may hear the changes of a live case."""
    return LiveCase.objects.visible_to(person).filter(code=code).exclude(revocations__person_id=person.pk).exists()
