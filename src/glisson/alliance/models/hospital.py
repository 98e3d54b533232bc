from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from glisson.alliance.models.term import within_term
from glisson.core.codes import CodeField
from glisson.core.models import Named


class Hospitals(models.QuerySet["Hospital"]):
    def visible_to(self, user: Any) -> "Hospitals":
        """The hospitals of the alliances one belongs to, and those one works at."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        own = user.appointments.current().filter(hospital__isnull=False).values("hospital")
        members = self.model.objects.filter(
            within_term(prefix="memberships__"), memberships__alliance__in=user.alliances()
        )
        return self.filter(Q(pk__in=own) | Q(pk__in=members.values("pk")))


class Hospital(Named):
    """A place where livers are operated on."""

    code = CodeField()
    country = CountryField(_("country"))
    province = models.CharField(_("province"), max_length=100, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    ror = models.CharField(
        "ROR",
        max_length=9,
        blank=True,
        help_text=_("The nine signs after https://ror.org/, when the hospital has one."),
        validators=[RegexValidator(r"^0[a-hj-km-np-tv-z0-9]{6}\d{2}$", _("A ROR looks like 05gq02987."))],
    )

    objects = Hospitals.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("hospital")
        verbose_name_plural = _("hospitals")

    def get_absolute_url(self):
        return reverse("alliance:hospital", args=[self.code])
