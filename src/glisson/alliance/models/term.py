from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def today() -> date:
    """Terms are counted in whole days of UTC, the same for every member of an alliance."""
    return timezone.now().date()


def within_term(on: date | None = None, prefix: str = "") -> Q:
    """The condition that a term holds on that day; ``prefix`` walks to it from another model."""
    day = on or today()
    begun = Q(**{f"{prefix}starts_on__lte": day})
    return begun & (Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gte": day}))


class Term(models.Model):
    """Something that holds from one day to another, both included; without an end it holds on."""

    starts_on = models.DateField(_("from"), default=today)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="%(class)s_ends_after_start",
                violation_error_message=_("The term ends before it begins."),
            )
        ]

    @property
    def is_current(self) -> bool:
        return self.starts_on <= today() and (self.ends_on is None or self.ends_on >= today())
