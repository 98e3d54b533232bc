"""The roster: everything the live process must know, built from the database and handed over whole."""

import hashlib
import json
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, Q
from django.utils import timezone

from glisson.streaming.rights import PASS_SECONDS
from glisson.streaming.roster import MAX_FEEDS
from glisson.surgery.enums import Scope
from glisson.theatre.domain.live_process import LiveProcessAway, RosterOutdated, put_roster
from glisson.theatre.enums import FeedState
from glisson.theatre.models import Feed, LiveCase, RosterState, ViewingRevocation

PASS_MARGIN = timedelta(seconds=60)
"""Clocks of two machines may differ by this much when a revocation is forgotten."""


TOLD_AGAIN_AFTER = timedelta(seconds=45)
"""A live process that lost its folder is told everything again within this time."""


CLAIM_LAPSES_AFTER = timedelta(seconds=20)


def build_roster(at: datetime | None = None) -> dict[str, Any]:
    """Every group and feed as of a moment, without a version.

    Nothing is on air here unless the case is live and its consent in force, whatever the row of the feed says.
    """
    at = at or timezone.now()
    feeds = list(
        Feed.objects.select_related("live_case__case", "recording__asset")
        .prefetch_related("live_case__case__consents", _revocations_since(at - _memory()))
        .order_by("-pk")[:MAX_FEEDS]
    )
    groups = {feed.live_case.group: _group(feed.live_case, at) for feed in feeds}
    return {"groups": groups, "feeds": {feed.code: _feed(feed, at) for feed in feeds}}


def push_roster_on_commit() -> None:
    """Tell the live process once the writes around this call are safe.

    A verb that calls it several times tells it once: the later calls find that it knows everything.
    """
    transaction.on_commit(_tell_after_commit, robust=True)


def _tell_after_commit() -> None:
    state = reconcile_roster()
    if state is not None and state.silent_since is not None:
        from glisson.theatre.domain.later import retry_soon  # noqa: PLC0415 - it calls this module

        retry_soon()


def claim_retry(at: datetime) -> bool:
    """Whether the caller is the one to try again at that moment; a claim that was never kept lapses."""
    lapsed = timezone.now() - CLAIM_LAPSES_AFTER
    free = RosterState.objects.filter(Q(retry_at=None) | Q(retry_at__lt=lapsed), pk=1)
    return free.update(retry_at=at) == 1


def end_retry() -> None:
    """The claimed attempt is being made."""
    RosterState.objects.filter(pk=1).update(retry_at=None)


def push_roster() -> RosterState:
    """Hand the roster over now; when the live process is away, note since when and let the job try again."""
    state, document = _next_version()
    try:
        try:
            version = put_roster(document)
        except RosterOutdated as outdated:
            # Our database is older than what the live process remembers (restored from a backup): overtake it.
            state, document = _next_version(above=outdated.version)
            version = put_roster(document)
    except (LiveProcessAway, RosterOutdated) as trouble:
        return _note_silence(state, str(trouble))
    return _note_answer(state, version)


def reconcile_roster() -> RosterState | None:
    """Hand the roster over when the live process may not have today's; None when it was told lately."""
    state = RosterState.objects.filter(pk=1).first()
    if (
        state is not None
        and state.silent_since is None
        and state.answered_version == state.version
        and state.answered_at is not None
        and timezone.now() - state.answered_at < TOLD_AGAIN_AFTER
        and state.content_sha256 == _hash(build_roster())
    ):
        return None
    return push_roster()


def roster_state() -> RosterState:
    """What the live process was last told and whether it answered."""
    return RosterState.objects.filter(pk=1).first() or RosterState(pk=1)


@transaction.atomic
def _next_version(*, above: int = 0) -> tuple[RosterState, dict[str, Any]]:
    """Build under a lock, so that a later version never holds older facts."""
    RosterState.objects.get_or_create(pk=1)
    state = RosterState.objects.select_for_update().get(pk=1)
    content = build_roster()
    digest = _hash(content)
    if digest != state.content_sha256 or state.version <= above or not state.version:
        # Seconds since 1970 keep versions rising even when the database is made anew.
        state.version = max(state.version + 1, above + 1, int(time.time()))
        state.content_sha256 = digest
        state.save(update_fields=["version", "content_sha256"])
    return state, {"version": state.version, **content}


def _note_answer(state: RosterState, version: int) -> RosterState:
    state.answered_version, state.answered_at = version, timezone.now()
    state.silent_since, state.trouble = None, ""
    state.save(update_fields=["answered_version", "answered_at", "silent_since", "trouble"])
    return state


def _note_silence(state: RosterState, trouble: str) -> RosterState:
    state.silent_since = state.silent_since or timezone.now()
    state.trouble = trouble[:300]
    state.save(update_fields=["silent_since", "trouble"])
    return state


def _hash(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _memory() -> timedelta:
    return timedelta(seconds=PASS_SECONDS) + PASS_MARGIN


def _revocations_since(since: datetime) -> Any:
    recent = ViewingRevocation.objects.filter(revoked_at__gt=since).select_related("person").order_by("pk")
    return Prefetch("live_case__revocations", queryset=recent, to_attr="recent_revocations")


def _group(live_case: LiveCase, at: datetime) -> dict[str, Any]:
    return {
        "revoked": {
            viewer_code(revocation.person): int((revocation.revoked_at + _memory()).timestamp())
            for revocation in live_case.recent_revocations  # type: ignore[attr-defined]  # prefetched under this name
        },
        "epoch": live_case.pass_epoch(at),
    }


def _feed(feed: Feed, at: datetime) -> dict[str, Any]:
    scopes = feed.live_case.case.consent_scopes(at)
    return {
        "group": feed.live_case.group,
        "title": feed.title,
        "angle": feed.angle,
        "key_sha256": [feed.key_sha256],
        "state": effective_state(feed, at),
        "record": feed.record and Scope.RECORD in scopes,
        "low": True,
        "not_before": None,
        "not_after": None,
        "pull": feed.pull_url or None,
        "srt": {"port": feed.srt_port, "passphrase": feed.srt_passphrase} if feed.srt_port else None,
    }


def effective_state(feed: Feed, at: datetime | None = None) -> str:
    """The state the live process is told: never on air without an open live case and live consent in force."""
    live_case = feed.live_case
    if live_case.is_over:
        return FeedState.CLOSED.value
    if feed.state == FeedState.ON_AIR and not (live_case.is_live and Scope.LIVE in live_case.case.consent_scopes(at)):
        return FeedState.CLOSED.value
    return str(feed.state)


def viewer_code(person: Any) -> str:
    """The opaque name of a person on the live process."""
    return f"p{person.pk}"
