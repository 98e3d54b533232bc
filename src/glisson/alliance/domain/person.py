from __future__ import annotations

from django.db import transaction

from glisson.alliance.models import Person
from glisson.core.domain.log import facts, log

SETTINGS = {"theme", "language", "time_zone"}
PROFILE = SETTINGS | {"name", "names", "orcid", "speaks"}


def change_settings(person: Person, *, acting_user: Person, **changes: str) -> Person:
    """Colours, language and zone: how the pages look to this person."""
    if unknown := set(changes) - SETTINGS:
        raise TypeError(f"{', '.join(sorted(unknown))} are not settings of a person.")
    return change_person(person, acting_user=acting_user, **changes)


@transaction.atomic
def change_person(person: Person, *, acting_user: Person, **changes: object) -> Person:
    """What a person says about themselves; the e-mail has its own way, since it has to be verified."""
    if unknown := set(changes) - PROFILE:
        raise TypeError(f"{', '.join(sorted(unknown))} cannot be changed here.")
    before = facts(person, *changes)
    if before == changes:
        return person
    for name, value in changes.items():
        setattr(person, name, value)
    person.full_clean(exclude=["password"])  # an invented person of the demo has none
    person.save(update_fields=list(changes))
    log(person, "person.changed", acting_user=acting_user, before=before, after=facts(person, *changes))
    return person
