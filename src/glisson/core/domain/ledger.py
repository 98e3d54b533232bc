from django.db import transaction

from glisson.core.models import Ledger


def hold_ledger(name: str = "log") -> Ledger:
    """Take the turn until the transaction ends; whoever comes later waits, on SQLite as on PostgreSQL.

    Numbers given under the turn are committed in their order: nobody who has read number 7 is later shown a 6.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A ledger is held inside a transaction.")
    Ledger.objects.get_or_create(name=name)
    return Ledger.objects.select_for_update().get(name=name)
