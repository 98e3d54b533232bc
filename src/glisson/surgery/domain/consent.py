"""Recording and withdrawing the patient's consent."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from glisson.alliance.models import Person
from glisson.core.domain.log import log
from glisson.surgery.enums import Scope
from glisson.surgery.models import Case, Consent


class ConsentRefused(Exception):
    """The reason is worded for the person who holds the signed paper."""


@transaction.atomic
def record_consent(
    case: Case,
    *,
    scopes: Collection[str],
    document: str,
    signed_at: datetime,
    acting_user: Person,
    expires_at: datetime | None = None,
) -> Consent:
    """Record that the patient signed; the paper stays in the hospital, only its reference is kept."""
    if not scopes:
        raise ConsentRefused(_("Tick at least one thing the patient agreed to."))
    if not document.strip():
        raise ConsentRefused(_("Say where the signed paper is kept, for example the hospital's file number of it."))
    if signed_at > timezone.now():
        raise ConsentRefused(_("The consent is dated in the future. Enter the moment it was signed."))
    if expires_at is not None and expires_at <= signed_at:
        raise ConsentRefused(_("The consent would end before it was signed. Check the two dates."))
    consent = Consent.objects.create(
        case=case,
        document=document.strip(),
        signed_at=signed_at,
        expires_at=expires_at,
        recorded_by=acting_user,
        **{Scope(scope).value: True for scope in scopes},
    )
    log(
        case,
        "consent.recorded",
        acting_user=acting_user,
        after={
            "consent": consent.pk,
            "scopes": sorted(Scope(scope).value for scope in scopes),
            "signed_at": signed_at.isoformat(),
            "expires_at": expires_at and expires_at.isoformat(),
        },
    )
    return consent


@transaction.atomic
def withdraw_consent(consent: Consent, *, acting_user: Person) -> Consent:
    """The patient takes the consent back; it counts from this moment, and it is never undone.

    What it takes down is the business of those who show the pictures: see `glisson.theatre.domain.consent`.
    """
    consent = Consent.objects.select_for_update().select_related("case").get(pk=consent.pk)
    if consent.withdrawn_at is not None:
        return consent
    consent.withdrawn_at = timezone.now()
    consent.save(update_fields=["withdrawn_at"])
    log(
        consent.case,
        "consent.withdrawn",
        acting_user=acting_user,
        before={"consent": consent.pk, "scopes": [scope.value for scope in consent.scopes]},
        after={"withdrawn_at": consent.withdrawn_at.isoformat()},
    )
    return consent
