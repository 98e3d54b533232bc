from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from glisson.core.codes import CodeField
from glisson.surgery.enums import Scope
from glisson.surgery.models.case import Case


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Consents by the moment that matters."""

    def visible_to(self, user) -> "ConsentQuerySet":
        """The consents of cases the user sees."""
        return self.filter(case__in=Case.objects.visible_to(user).values("pk"))

    def in_force(self, scope: str, at: datetime | None = None) -> "ConsentQuerySet":
        """Those that cover the scope at that moment."""
        at = at or timezone.now()
        return self.filter(
            Q(**{Scope(scope).value: True}),
            Q(signed_at__lte=at),
            Q(expires_at=None) | Q(expires_at__gt=at),
            Q(withdrawn_at=None) | Q(withdrawn_at__gt=at),
        )


class Consent(models.Model):
    """What the patient agreed to, and until when; kept apart from the consent to surgery.

    Rows are added and withdrawn, never changed: a wider or narrower consent is a new row.
    """

    code = CodeField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consents", verbose_name=_("case"))
    live = models.BooleanField(Scope.LIVE.label, default=False)
    record = models.BooleanField(Scope.RECORD.label, default=False)
    teach = models.BooleanField(Scope.TEACH.label, default=False)
    research = models.BooleanField(Scope.RESEARCH.label, default=False)
    document = models.CharField(
        _("document reference"),
        max_length=80,
        help_text=_("Where the hospital keeps the signed paper. A reference only: no scan, no patient name."),
    )
    signed_at = models.DateTimeField(_("signed at"))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["signed_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(live=True) | Q(record=True) | Q(teach=True) | Q(research=True),
                name="consent_covers_something",
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("signed_at")), name="consent_expires_after_signing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {', '.join(scope.value for scope in self.scopes)}"

    @property
    def withdraw_url(self) -> str:
        """Where it is withdrawn: on the floor that shows the pictures, so that they come down with it."""
        return reverse("theatre:withdraw", args=[self.code])

    @property
    def scopes(self) -> list[Scope]:
        """What the consent covers, whether or not it is still in force."""
        return [scope for scope in Scope if getattr(self, scope.value)]

    def is_in_force(self, at: datetime | None = None) -> bool:
        """Whether the consent counts at that moment."""
        at = at or timezone.now()
        return (
            self.signed_at <= at
            and (self.expires_at is None or self.expires_at > at)
            and (self.withdrawn_at is None or self.withdrawn_at > at)
        )
