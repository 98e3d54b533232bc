"""Registering recordings and taking them down."""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from glisson.alliance.models import Person
from glisson.core.domain.log import log
from glisson.media.models import Asset, Rendition


@dataclass(frozen=True)
class RungFacts:
    """What the live process says of one rung of a recording."""

    rung: str
    seconds: float
    bytes: int


@dataclass(frozen=True)
class RecordingFacts:
    """What the live process says of a finished recording."""

    folder: str
    manifest_sha256: str
    seconds: float
    bytes: int
    streams: list[dict[str, object]] = field(default_factory=list)
    gaps: list[dict[str, object]] = field(default_factory=list)
    rungs: tuple[RungFacts, ...] = ()


@transaction.atomic
def register_asset(facts: RecordingFacts, *, acting_user: Person | None) -> Asset:
    """Keep what is known of a recording; the same recording twice is one asset, brought up to date."""
    asset, is_new = Asset.objects.select_for_update().get_or_create(
        feed_folder=facts.folder,
        defaults={"manifest_sha256": facts.manifest_sha256, "seconds": facts.seconds, "bytes": facts.bytes},
    )
    changed = is_new or asset.manifest_sha256 != facts.manifest_sha256
    asset.manifest_sha256, asset.seconds, asset.bytes = facts.manifest_sha256, facts.seconds, facts.bytes
    asset.streams, asset.gaps = facts.streams, facts.gaps
    asset.save(update_fields=["manifest_sha256", "seconds", "bytes", "streams", "gaps"])
    for rung in facts.rungs:
        Rendition.objects.update_or_create(
            asset=asset, rung=rung.rung, defaults={"seconds": rung.seconds, "bytes": rung.bytes}
        )
    if changed:
        log(
            asset,
            "asset.registered" if is_new else "asset.grown",
            acting_user=acting_user,
            after={"folder": facts.folder, "seconds": facts.seconds, "sha256": facts.manifest_sha256},
        )
    return asset


@transaction.atomic
def take_down_asset(asset: Asset, *, reason: str, acting_user: Person) -> Asset:
    """From now on nobody plays it; the bytes stay where they are until the hospital decides."""
    asset = Asset.objects.select_for_update().get(pk=asset.pk)
    if asset.is_taken_down:
        return asset
    asset.taken_down_at = timezone.now()
    asset.save(update_fields=["taken_down_at"])
    log(asset, "asset.taken_down", acting_user=acting_user, after={"reason": reason})
    return asset
