"""From a closed feed to an asset that can be replayed."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from glisson.core.domain.events import publish
from glisson.media.domain.asset import RecordingFacts, RungFacts, register_asset
from glisson.media.models import Asset
from glisson.theatre.domain.live_process import LiveProcessAway, ask_recording
from glisson.theatre.enums import FeedState
from glisson.theatre.models import Feed, FeedRecording

ORIGINAL = "original"

LOOKED_FOR = timedelta(days=30)
"""After this a recording that never appeared is not asked for any more."""


class RecordingUnfinished(Exception):
    """The live process is still writing it."""


def feeds_to_register() -> list[Feed]:
    """Closed feeds that were on air and whose recording is not known since they were last closed."""
    known = FeedRecording.objects.filter(feed=OuterRef("pk"), registered_at__gte=OuterRef("closed_at"))
    return list(
        Feed.objects.select_related("live_case")
        .filter(state=FeedState.CLOSED, on_air_at__isnull=False, closed_at__isnull=False)
        .filter(~Exists(known), record=True, closed_at__gt=timezone.now() - LOOKED_FOR)
        .order_by("-closed_at")[:20]
    )


def register_recording(feed: Feed) -> Asset | None:
    """Keep what the live process says of the recording; twice is the same as once.

    None when nothing was recorded. `RecordingUnfinished` when it is still being written: the job tries again.
    """
    summary = ask_recording(feed.code)
    if summary is None:
        return None
    facts = recording_facts(feed, summary)
    with transaction.atomic():
        asset = register_asset(facts, acting_user=None)
        FeedRecording.objects.update_or_create(feed=feed, defaults={"asset": asset})
        publish(feed.live_case.channel, "recording.registered", {"feed": feed.code})
    return asset


def register_missing_recordings() -> int:
    """Register what closing did not manage to; returns how many."""
    done = 0
    for feed in feeds_to_register():
        try:
            done += register_recording(feed) is not None
        except LiveProcessAway:
            break
        except RecordingUnfinished:
            continue
    return done


def recording_facts(feed: Feed, summary: dict[str, Any]) -> RecordingFacts:
    """What an asset keeps of the live process's summary of a recording."""
    if not summary.get("finished", False):
        raise RecordingUnfinished(_("The recording of “%(title)s” is still being written.") % {"title": feed.title})
    rungs = summary.get("rungs", {})
    original = rungs.get(ORIGINAL, {})
    return RecordingFacts(
        folder=feed.code,
        manifest_sha256=str(original.get("manifest_sha256", "")),
        seconds=float(original.get("seconds", 0.0)),
        bytes=int(original.get("bytes", 0)),
        streams=list(original.get("streams", [])),
        gaps=list(original.get("gaps", [])),
        rungs=tuple(
            RungFacts(name, float(rung.get("seconds", 0.0)), int(rung.get("bytes", 0)))
            for name, rung in sorted(rungs.items())
        ),
    )
