from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from glisson.alliance.models.term import within_term
from glisson.core.codes import CodeField
from glisson.core.models import Named


class Alliances(models.QuerySet["Alliance"]):
    def visible_to(self, user: Any) -> "Alliances":
        """Those one belongs to; of any other one does not even learn that it exists."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        own = Q(pk__in=user.appointments.current().filter(alliance__isnull=False).values("alliance"))
        hospitals = user.appointments.current().filter(hospital__isnull=False).values("hospital")
        through = self.model.objects.filter(within_term(prefix="memberships__"), memberships__hospital__in=hospitals)
        return self.filter(own | Q(pk__in=through.values("pk")))


class Alliance(Named):
    """Hospitals that operate in front of each other, teach each other and study their results together."""

    code = CodeField()
    about = models.TextField(_("about"), blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    hospitals = models.ManyToManyField("alliance.Hospital", through="alliance.Membership", related_name="alliances")

    objects = Alliances.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("alliance")
        verbose_name_plural = _("alliances")

    def get_absolute_url(self):
        return reverse("alliance:alliance", args=[self.code])
