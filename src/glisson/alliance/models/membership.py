from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from glisson.alliance.enums import Tier
from glisson.alliance.models.term import Term, within_term
from glisson.core.codes import CodeField


class Memberships(models.QuerySet["Membership"]):
    def visible_to(self, user: Any) -> "Memberships":
        return self.filter(alliance__in=user.alliances()) if user.is_authenticated else self.none()

    def current(self, on: date | None = None) -> "Memberships":
        """Those whose term holds on that day, today by default."""
        return self.filter(within_term(on))


class Membership(Term):
    """A hospital's place in an alliance for a term; the terms of one hospital in one alliance never overlap.

    The database itself refuses an overlap (``term_guard``), since two offices may write at once.
    """

    code = CodeField()
    alliance = models.ForeignKey("alliance.Alliance", on_delete=models.PROTECT, related_name="memberships")
    hospital = models.ForeignKey("alliance.Hospital", on_delete=models.PROTECT, related_name="memberships")
    tier = models.CharField(_("tier"), max_length=10, choices=Tier.choices)

    objects = Memberships.as_manager()

    class Meta(Term.Meta):
        ordering = ["-starts_on", "pk"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self):
        return f"{self.hospital} – {self.get_tier_display()}"
