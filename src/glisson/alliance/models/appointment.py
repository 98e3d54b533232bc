from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from glisson.alliance.enums import ALLIANCE_ROLES, HOSPITAL_ROLES, Role
from glisson.alliance.models.term import Term, within_term
from glisson.core.codes import CodeField


class Appointments(models.QuerySet["Appointment"]):
    def visible_to(self, user: Any) -> "Appointments":
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(person=user) | Q(alliance__in=user.alliances()) | Q(hospital__in=user.hospitals_seen()))

    def current(self, on: date | None = None) -> "Appointments":
        """Those whose term holds on that day, today by default."""
        return self.filter(within_term(on))


class Appointment(Term):
    """What a person is, in a hospital or in an alliance, for a term. Rights follow from it."""

    code = CodeField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appointments")
    hospital = models.ForeignKey(
        "alliance.Hospital", null=True, blank=True, on_delete=models.PROTECT, related_name="appointments"
    )
    alliance = models.ForeignKey(
        "alliance.Alliance", null=True, blank=True, on_delete=models.PROTECT, related_name="appointments"
    )
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)

    objects = Appointments.as_manager()

    class Meta(Term.Meta):
        ordering = ["-starts_on", "pk"]
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            *Term.Meta.constraints,
            models.CheckConstraint(
                condition=Q(hospital__isnull=False, alliance__isnull=True, role__in=HOSPITAL_ROLES)
                | Q(hospital__isnull=True, alliance__isnull=False, role__in=ALLIANCE_ROLES),
                name="appointment_role_fits_place",
                violation_error_message=_("This role belongs to the other kind of place."),
            ),
        ]

    def __str__(self):
        return f"{self.person}, {self.get_role_display()}, {self.place}"

    @property
    def place(self):
        return self.hospital or self.alliance
