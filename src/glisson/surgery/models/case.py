from datetime import datetime
from functools import cached_property

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from glisson.alliance.models import Hospital, Membership
from glisson.alliance.rules import ALLIANCE_OFFICE
from glisson.clinical import Operation
from glisson.core.codes import CodeField
from glisson.surgery.enums import Approach, IcgUse, Role, Scope
from glisson.surgery.naming import operation_title


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases by who may know of them."""

    def visible_to(self, user) -> "CaseQuerySet":
        """Cases of the user's hospitals, of the user's teams, and of the alliances whose office the user is."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        posts = user.appointments.current()
        own = posts.filter(hospital__isnull=False).values("hospital")
        runs = posts.filter(alliance__isnull=False, role__in=ALLIANCE_OFFICE).values("alliance")
        members = Membership.objects.current().filter(alliance__in=runs).values("hospital")
        teams = self.model.objects.filter(team__person=user).values("pk")
        return self.filter(Q(hospital__in=own) | Q(hospital__in=members) | Q(pk__in=teams))


class Case(models.Model):
    """One operation, entered once. No patient's name, number or birthday is ever kept here."""

    code = CodeField()
    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="cases", verbose_name=_("hospital"))
    operated_on = models.DateField(_("day of the operation"))
    operation_text = models.CharField(_("operation"), max_length=400)
    approach_intended = models.CharField(_("intended approach"), max_length=20, choices=Approach)
    approach_performed = models.CharField(_("approach performed"), max_length=20, choices=Approach, blank=True)
    icg_use = models.CharField(_("use of indocyanine green"), max_length=20, choices=IcgUse, default=IcgUse.NONE)
    entered_at = models.DateTimeField(_("entered at"), auto_now_add=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["-operated_on", "-pk"]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("surgery:case", args=[self.code])

    @cached_property
    def operation(self) -> Operation:
        """What was or will be done."""
        return Operation.parse(self.operation_text)

    @property
    def approach(self) -> str:
        """The approach performed, or intended as long as the operation is ahead."""
        return self.approach_performed or self.approach_intended

    @property
    def title(self) -> str:
        """The operation in one line, in the reader's language."""
        return operation_title(self.operation, self.approach)

    @property
    def surgeon(self):
        """The operating surgeon, or None while nobody is named."""
        return next((role.person for role in self.team.all() if role.role == Role.SURGEON), None)

    def consent_scopes(self, at: datetime | None = None) -> list[Scope]:
        """What consents in force cover at that moment."""
        at = at or timezone.now()
        in_force = [consent for consent in self.consents.all() if consent.is_in_force(at)]
        return [scope for scope in Scope if any(getattr(consent, scope.value) for consent in in_force)]
