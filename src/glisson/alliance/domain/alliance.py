from __future__ import annotations

from django.db import transaction

from glisson.alliance.models import Alliance, Person
from glisson.core.domain.log import facts, log

FIELDS = ("name", "names", "about", "time_zone")


@transaction.atomic
def found_alliance(*, acting_user: Person | None, **values: object) -> Alliance:
    """A new alliance in this installation; it sees nothing of the others."""
    alliance = Alliance(**values)
    alliance.full_clean()
    alliance.save()
    log(alliance, "alliance.founded", acting_user=acting_user, after=facts(alliance, *FIELDS))
    return alliance


@transaction.atomic
def change_alliance(alliance: Alliance, *, acting_user: Person, **values: object) -> Alliance:
    before = facts(alliance, *FIELDS)
    for name, value in values.items():
        setattr(alliance, name, value)
    alliance.full_clean()
    alliance.save(update_fields=list(values))
    log(alliance, "alliance.changed", acting_user=acting_user, before=before, after=facts(alliance, *FIELDS))
    return alliance
