from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from glisson.core import bus
from glisson.core.domain.ledger import hold_ledger
from glisson.core.models import LiveEvent

KEPT = timedelta(hours=1)
"""A page that was away longer loads its state again instead of replaying."""


def publish(channel: str, kind: str, data: dict[str, Any] | None = None) -> LiveEvent:
    """Tell those who follow a channel, once the transaction is committed.

    The event is a row of the same transaction: rolled back with it, and never lost when the process dies right after.
    Events are numbered under the ledger's turn, so a reader who continues after number n has missed none below n.
    """
    with transaction.atomic():
        hold_ledger("events")
        event = LiveEvent.objects.create(channel=channel, kind=kind, data=data or {})
        transaction.on_commit(bus.wake, robust=True)
    return event


def forget_old_events() -> int:
    """Remove what is older than an hour."""
    return LiveEvent.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
