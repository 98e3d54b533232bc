"""Feeds: made, armed, put on air, closed; their keys rotated."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from glisson.alliance.models import Person
from glisson.core.codes import new_id
from glisson.core.domain.events import publish
from glisson.core.domain.log import log
from glisson.surgery.enums import Scope
from glisson.theatre.domain import stream_keys
from glisson.theatre.domain.refusal import TheatreRefused
from glisson.theatre.domain.roster import push_roster_on_commit
from glisson.theatre.enums import Angle, FeedState, Status
from glisson.theatre.models import Feed, LiveCase

MOST_FEEDS = 12
"""Of one live case; more pictures than any page can show are a mistake."""


@transaction.atomic
def create_feed(
    live_case: LiveCase,
    *,
    angle: str,
    title: str,
    acting_user: Person,
    record: bool = True,
    pull_url: str = "",
    srt_port: int | None = None,
    srt_passphrase: str = "",
    code: str = "",
    key: str = "",
) -> Feed:
    """Make a feed and its stream key; `code` and `key` are given only by the demo, whose keys are fixed."""
    live_case = LiveCase.objects.select_for_update().get(pk=live_case.pk)
    if live_case.is_over:
        raise TheatreRefused(_("This live case is closed; it takes no more feeds."))
    if live_case.feeds.count() >= MOST_FEEDS:
        raise TheatreRefused(_("A live case has at most %(number)s feeds.") % {"number": MOST_FEEDS})
    code = code or new_id()
    key = key or stream_keys.new_key(code)[0]
    feed = Feed(
        code=code,
        live_case=live_case,
        angle=Angle(angle),
        title=title.strip() or str(Angle(angle).label),
        record=record,
        pull_url=pull_url,
        srt_port=srt_port,
        srt_passphrase=srt_passphrase,
        sealed_key=stream_keys.seal(key),
        key_sha256=stream_keys.hash_of(key),
        key_made_at=timezone.now(),
    )
    _save_checked(feed)
    _note(feed, "feed.created", acting_user=acting_user, after=_state(feed))
    return feed


@transaction.atomic
def change_feed(
    feed: Feed,
    *,
    angle: str,
    title: str,
    record: bool,
    pull_url: str,
    srt_port: int | None,
    srt_passphrase: str,
    acting_user: Person,
) -> Feed:
    """Correct what a feed is called and how its picture comes in."""
    feed = _locked(feed)
    if feed.live_case.is_over:
        raise TheatreRefused(_("This live case is closed; its feeds stay as they were."))
    before = _state(feed)
    feed.angle, feed.title, feed.record = Angle(angle), title.strip() or str(Angle(angle).label), record
    feed.pull_url, feed.srt_port, feed.srt_passphrase = pull_url, srt_port, srt_passphrase
    _save_checked(feed)
    _note(feed, "feed.changed", acting_user=acting_user, before=before, after=_state(feed))
    return feed


@transaction.atomic
def rotate_stream_key(feed: Feed, *, acting_user: Person) -> Feed:
    """A new key; the old one is refused at once and an encoder on it is cut off. There is no way back."""
    feed = _locked(feed)
    if feed.live_case.is_over:
        raise TheatreRefused(_("This live case is closed; nobody can publish to it with any key."))
    key, feed.key_sha256 = stream_keys.new_key(feed.code)
    feed.sealed_key, feed.key_made_at = stream_keys.seal(key), timezone.now()
    feed.save(update_fields=["sealed_key", "key_sha256", "key_made_at"])
    _note(feed, "feed.key_rotated", acting_user=acting_user, after={"feed": feed.code})
    return feed


@transaction.atomic
def arm_feed(feed: Feed, *, acting_user: Person) -> Feed:
    """Let the encoder in; only the theatre sees the picture, and nothing is recorded.

    From on air it goes back to the theatre's eyes alone; from closed it is opened again.
    """
    feed = _locked(feed)
    if feed.live_case.is_over:
        raise TheatreRefused(_("This live case is closed; its feeds stay closed."))
    if feed.state == FeedState.ARMED:
        return feed
    feed.armed_at = timezone.now()
    return _switch(feed, FeedState.ARMED, "feed.armed", ["armed_at"], acting_user=acting_user)


@transaction.atomic
def put_feed_on_air(feed: Feed, *, acting_user: Person) -> Feed:
    """Everyone who may watch the live case sees the picture from now on."""
    feed = _locked(feed)
    if feed.live_case.status != Status.LIVE:
        raise TheatreRefused(_("The live case is not open. Open it first; then put the feed on air."))
    if Scope.LIVE not in feed.live_case.case.consent_scopes():
        raise TheatreRefused(_("No consent of the patient to live transmission is in force: nothing is put on air."))
    if feed.state == FeedState.ON_AIR:
        return feed
    feed.on_air_at = timezone.now()
    return _switch(feed, FeedState.ON_AIR, "feed.put_on_air", ["on_air_at"], acting_user=acting_user)


@transaction.atomic
def close_feed(feed: Feed, *, acting_user: Person | None) -> Feed:
    """Turn the encoder away and finish the recording; it can be armed again while the live case is open."""
    feed = _locked(feed)
    if feed.state == FeedState.CLOSED:
        return feed
    return _close(feed, acting_user=acting_user)


def close_open_feeds(live_case: LiveCase, *, acting_user: Person | None) -> list[Feed]:
    """Close every feed that lets an encoder in; called inside the transaction of the verb that needs it."""
    return [
        _close(_locked(feed), acting_user=acting_user)
        for feed in live_case.feeds.exclude(state=FeedState.CLOSED).order_by("pk")
    ]


def _close(feed: Feed, *, acting_user: Person | None) -> Feed:
    feed.closed_at = timezone.now()
    feed = _switch(feed, FeedState.CLOSED, "feed.closed", ["closed_at"], acting_user=acting_user)
    if feed.on_air_at is not None:
        _prepare_replay(feed, acting_user=acting_user)
    return feed


def _prepare_replay(feed: Feed, *, acting_user: Person | None) -> None:
    from glisson.theatre.domain.later import prepare_replay  # noqa: PLC0415 - it calls this module

    prepare_replay.ask(feed.code, acting_user=acting_user)


def _locked(feed: Feed) -> Feed:
    """The row of this moment; the live case is held first, so that two verbs never wait for each other."""
    LiveCase.objects.select_for_update().get(pk=feed.live_case_id)
    return Feed.objects.select_for_update(of=("self",)).select_related("live_case__case").get(pk=feed.pk)


def _save_checked(feed: Feed) -> None:
    try:
        feed.full_clean()
    except ValidationError as error:
        raise TheatreRefused(" ".join(error.messages)) from error
    feed.save()


def _switch(feed: Feed, state: FeedState, what: str, fields: list[str], *, acting_user: Person | None) -> Feed:
    before, feed.state = feed.state, state
    feed.save(update_fields=["state", *fields])
    _note(feed, what, acting_user=acting_user, before={"state": before}, after={"state": state.value})
    return feed


def _note(
    feed: Feed,
    what: str,
    *,
    acting_user: Person | None,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    log(feed, what, acting_user=acting_user, before=before, after=after)
    publish(feed.live_case.channel, "feed.changed", {"feed": feed.code, "state": str(feed.state)})
    push_roster_on_commit()


def _state(feed: Feed) -> dict[str, object]:
    """What the log keeps: never the key, the passphrase, nor a password inside an address."""
    return {
        "angle": str(feed.angle),
        "title": feed.title,
        "record": feed.record,
        "is_pulled": bool(feed.pull_url),
        "srt_port": feed.srt_port,
    }
