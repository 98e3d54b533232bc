from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from glisson.alliance.models import Alliance, Hospital, Membership, Person
from glisson.core.domain.log import facts, log

FIELDS = ("tier", "starts_on", "ends_on")


@transaction.atomic
def add_membership(
    hospital: Hospital,
    alliance: Alliance,
    *,
    tier: str,
    starts_on: date,
    ends_on: date | None = None,
    acting_user: Person | None,
) -> Membership:
    """A term of a hospital in an alliance; terms of one hospital there never overlap."""
    membership = Membership(hospital=hospital, alliance=alliance, tier=tier, starts_on=starts_on, ends_on=ends_on)
    _save(membership)
    log(membership, "membership.began", acting_user=acting_user, after=facts(membership, *FIELDS))
    return membership


@transaction.atomic
def end_membership(membership: Membership, *, ends_on: date, acting_user: Person) -> Membership:
    """The last day of a term."""
    before = facts(membership, *FIELDS)
    membership.ends_on = ends_on
    _save(membership)
    log(membership, "membership.ended", acting_user=acting_user, before=before, after=facts(membership, *FIELDS))
    return membership


@transaction.atomic
def change_tier(membership: Membership, *, tier: str, starts_on: date, acting_user: Person) -> Membership:
    """From that day on the hospital holds another tier; the term before stays in the history."""
    if tier == membership.tier:
        raise ValidationError({"tier": _("The hospital holds this tier already.")})
    if starts_on <= membership.starts_on:
        raise ValidationError({"starts_on": _("The new tier has to begin after the present one did.")})
    ends_on = membership.ends_on
    end_membership(membership, ends_on=starts_on - timedelta(days=1), acting_user=acting_user)
    return add_membership(
        membership.hospital,
        membership.alliance,
        tier=tier,
        starts_on=starts_on,
        ends_on=ends_on,
        acting_user=acting_user,
    )


def _save(membership: Membership) -> None:
    membership.full_clean()
    try:
        with transaction.atomic():
            membership.save()
    except IntegrityError as error:
        # Asked of the database alone: two offices may write at the same moment.
        raise ValidationError(
            _("In these days the hospital already has a term in this alliance. End that one first, or begin later.")
        ) from error
