from __future__ import annotations

from datetime import date

from django.db import transaction

from glisson.alliance.domain.membership import add_membership
from glisson.alliance.models import Alliance, Hospital, Person
from glisson.core.domain.log import facts, log

FIELDS = ("name", "names", "country", "province", "city", "time_zone", "ror")


@transaction.atomic
def add_hospital(
    alliance: Alliance, *, tier: str, starts_on: date, acting_user: Person | None, **values: object
) -> Hospital:
    """A hospital joins the installation as a member of an alliance."""
    hospital = Hospital(**values)
    hospital.full_clean()
    hospital.save()
    log(hospital, "hospital.added", acting_user=acting_user, after=_facts(hospital))
    add_membership(hospital, alliance, tier=tier, starts_on=starts_on, acting_user=acting_user)
    return hospital


@transaction.atomic
def change_hospital(hospital: Hospital, *, acting_user: Person, **values: object) -> Hospital:
    before = _facts(hospital)
    for name, value in values.items():
        setattr(hospital, name, value)
    hospital.full_clean()
    hospital.save(update_fields=list(values))
    log(hospital, "hospital.changed", acting_user=acting_user, before=before, after=_facts(hospital))
    return hospital


def _facts(hospital: Hospital) -> dict[str, object]:
    return facts(hospital, *FIELDS) | {"country": str(hospital.country)}
