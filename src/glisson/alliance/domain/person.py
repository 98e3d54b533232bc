from __future__ import annotations

from django.db import transaction

from glisson.alliance.models import Person
from glisson.core.domain.log import facts, log

SETTINGS = {"theme", "language", "time_zone"}


@transaction.atomic
def change_settings(person: Person, *, acting_user: Person, **changes: str) -> Person:
    """Colours, language and zone: how the pages look to this person."""
    if unknown := set(changes) - SETTINGS:
        raise TypeError(f"{', '.join(sorted(unknown))} are not settings of a person.")
    before = facts(person, *changes)
    if before == changes:
        return person
    for name, value in changes.items():
        setattr(person, name, value)
    person.full_clean()
    person.save(update_fields=list(changes))
    log(person, "person.settings_changed", acting_user=acting_user, before=before, after=changes)
    return person
