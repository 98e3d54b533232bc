from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from glisson.alliance.domain.appointment import appoint
from glisson.alliance.models import Alliance, Appointment, Hospital, Invitation, Person
from glisson.core.domain.log import facts, log

VALID = timedelta(days=14)
FIELDS = ("email", "name", "hospital", "alliance", "role", "expires_at")


class InvitationRefused(ValidationError):
    """Worded for the person who opened the link."""


@transaction.atomic
def invite(
    *,
    email: str,
    name: str,
    role: str,
    language: str = "",
    hospital: Hospital | None = None,
    alliance: Alliance | None = None,
    acting_user: Person,
) -> tuple[Invitation, str]:
    """An invitation and the secret of its link, which is told once and kept only as a hash.

    A second invitation to the same place replaces the first: an old letter stops working.
    """
    email = email.strip().lower()
    older = Invitation.objects.open().filter(email=email, hospital=hospital, alliance=alliance)
    for invitation in older.select_for_update():
        withdraw_invitation(invitation, acting_user=acting_user)
    held = Appointment.objects.current().filter(person__email=email, role=role, hospital=hospital, alliance=alliance)
    if held.exists():
        raise ValidationError(_("This person already holds this role there."))
    token = secrets.token_urlsafe(24)
    invitation = Invitation(
        email=email,
        name=name.strip(),
        language=language,
        role=role,
        hospital=hospital,
        alliance=alliance,
        token_hash=hash_token(token),
        invited_by=acting_user,
        expires_at=timezone.now() + VALID,
    )
    invitation.full_clean()
    invitation.save()
    log(invitation, "invitation.sent", acting_user=acting_user, after=facts(invitation, *FIELDS))
    return invitation, token


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, acting_user: Person) -> None:
    changed = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True).update(
        withdrawn_at=timezone.now()
    )
    if not changed:
        raise ValidationError(_("This invitation was used or withdrawn already."))
    log(invitation, "invitation.withdrawn", acting_user=acting_user)


@transaction.atomic
def join_by_invitation(invitation: Invitation, *, name: str, password: str, language: str = "") -> Person:
    """A new person takes up the invitation: account, verified address and appointment at once."""
    _take(invitation)
    if Person.objects.filter(email=invitation.email).exists():
        raise InvitationRefused(_("There is an account with this e-mail already. Sign in, then open the link again."))
    person = Person(name=name.strip(), email=invitation.email, language=language)
    validate_password(password, person)
    person.set_password(password)
    person.full_clean()
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    log(person, "person.joined", acting_user=person, after=facts(person, "name", "email"))
    _finish(invitation, person)
    return person


@transaction.atomic
def accept_invitation(invitation: Invitation, *, acting_user: Person) -> None:
    """Someone who has an account already takes up a further role."""
    if acting_user.email != invitation.email:
        raise InvitationRefused(_("This invitation was written to someone else."))
    _take(invitation)
    _finish(invitation, acting_user)


def hash_token(token: str) -> str:
    """160 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def _take(invitation: Invitation) -> None:
    """Use the invitation up; of two people at the same moment one gets it."""
    taken = Invitation.objects.open().filter(pk=invitation.pk).update(accepted_at=timezone.now())
    if not taken:
        raise InvitationRefused(_("This invitation was used, withdrawn or has expired."))


def _finish(invitation: Invitation, person: Person) -> None:
    Invitation.objects.filter(pk=invitation.pk).update(accepted_by=person)
    held = Appointment.objects.current().filter(
        person=person, role=invitation.role, hospital=invitation.hospital, alliance=invitation.alliance
    )
    if not held.exists():
        appoint(
            person,
            role=invitation.role,
            hospital=invitation.hospital,
            alliance=invitation.alliance,
            acting_user=invitation.invited_by,
        )
    log(invitation, "invitation.accepted", acting_user=person)
