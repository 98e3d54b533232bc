from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from glisson.alliance.models import Alliance, Appointment, Hospital, Person
from glisson.alliance.models.term import today
from glisson.core.domain.log import facts, log

FIELDS = ("person", "hospital", "alliance", "role", "starts_on", "ends_on")


@transaction.atomic
def appoint(
    person: Person,
    *,
    role: str,
    hospital: Hospital | None = None,
    alliance: Alliance | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    acting_user: Person | None,
) -> Appointment:
    """Give a person a role in a hospital or in an alliance."""
    same = Appointment.objects.current(starts_on).filter(person=person, role=role, hospital=hospital, alliance=alliance)
    if same.exists():
        raise ValidationError(_("This person already holds this role there."))
    appointment = Appointment(
        person=person, role=role, hospital=hospital, alliance=alliance, starts_on=starts_on or today(), ends_on=ends_on
    )
    appointment.full_clean()
    appointment.save()
    log(appointment, "appointment.made", acting_user=acting_user, after=facts(appointment, *FIELDS))
    return appointment


@transaction.atomic
def end_appointment(appointment: Appointment, *, ends_on: date, acting_user: Person) -> Appointment:
    """The last day of a role; an alliance is never left without anyone who can run it."""
    before = facts(appointment, *FIELDS)
    if appointment.alliance and appointment.role in {"chair", "office"}:
        others = Appointment.objects.current(ends_on).filter(
            alliance=appointment.alliance, role__in=["chair", "office"]
        )
        lasting = others.exclude(pk=appointment.pk).filter(ends_on__isnull=True)
        if not lasting.exists():
            raise ValidationError(_("Nobody would be left to run the alliance. Appoint someone else first."))
    appointment.ends_on = ends_on
    appointment.full_clean()
    appointment.save(update_fields=["ends_on"])
    log(appointment, "appointment.ended", acting_user=acting_user, before=before, after=facts(appointment, *FIELDS))
    return appointment
