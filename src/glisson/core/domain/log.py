from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from glisson.core.domain.ledger import hold_ledger
from glisson.core.models import LogEntry

Facts = dict[str, Any]
NOBODY_BEFORE = "0" * 64


def log(
    thing: Model | None,
    what: str,
    *,
    acting_user: AbstractBaseUser | AnonymousUser | None,
    before: Facts | None = None,
    after: Facts | None = None,
) -> LogEntry:
    """Append one entry; every verb calls this last, inside its transaction.

    ``what`` is ``noun.verb`` in the past (``hospital.renamed``). ``acting_user`` is None only for the machine itself.
    """
    with transaction.atomic():
        ledger = hold_ledger()
        entry = LogEntry(
            sequence=ledger.sequence + 1,
            at=timezone.now(),
            who_id=acting_user.pk if acting_user is not None else None,
            what=what,
            model=thing._meta.label_lower if thing is not None else "",
            object_id=str(thing.pk) if thing is not None else "",
            before=_plain(before),
            after=_plain(after),
            previous_hash=ledger.hash,
        )
        entry.hash = seal(entry)
        entry.save(force_insert=True)
        ledger.sequence, ledger.hash = entry.sequence, entry.hash
        ledger.save(update_fields=["sequence", "hash"])
    return entry


def facts(thing: Model, *names: str) -> Facts:
    """The named fields of an object as they are now, for ``before`` and ``after``."""
    return {name: getattr(thing, thing._meta.get_field(name).attname) for name in names}  # type: ignore[union-attr]


def seal(entry: LogEntry) -> str:
    """SHA-256 over the entry and the hash of the one before it."""
    content = [
        entry.previous_hash,
        entry.sequence,
        _microseconds(entry.at),
        entry.who_id,
        entry.what,
        entry.model,
        entry.object_id,
        entry.before,
        entry.after,
    ]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def verify_log() -> Iterator[str]:
    """What is wrong with the chain, one sentence each; nothing when every entry is as it was written."""
    expected, sequence = NOBODY_BEFORE, 0
    for entry in LogEntry.objects.order_by("sequence").iterator(chunk_size=2000):
        if entry.sequence != sequence + 1:
            yield f"Entries {sequence + 1} to {entry.sequence - 1} of the log are missing."
        elif entry.previous_hash != expected:
            yield f"Entry {entry.sequence} of the log does not follow from entry {sequence}."
        if entry.hash != seal(entry):
            yield f"Entry {entry.sequence} of the log was changed after it was written."
        expected, sequence = entry.hash, entry.sequence
    with transaction.atomic():
        ledger = hold_ledger()
        newest = LogEntry.objects.order_by("-sequence").values_list("sequence", "hash").first() or (0, NOBODY_BEFORE)
    if (ledger.sequence, ledger.hash) != newest:
        yield f"The log ends at entry {newest[0]}, but {ledger.sequence} were written."


def _plain(values: Facts | None) -> Facts | None:
    """As it will come back from the database, so that the hash can be computed again."""
    if values is None:
        return None
    plain: Facts = json.loads(json.dumps(values, cls=DjangoJSONEncoder))
    return plain


def _microseconds(moment: datetime) -> int:
    """The moment without a zone or a rounding that a database could change."""
    return int(moment.replace(microsecond=0).timestamp()) * 1_000_000 + moment.microsecond
