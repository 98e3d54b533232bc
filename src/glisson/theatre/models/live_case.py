from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from glisson.alliance.enums import Role
from glisson.core.codes import CodeField, MediaIdField
from glisson.meetings.models import Meeting, Session
from glisson.surgery.models import Case
from glisson.theatre.enums import Status


class LiveCaseQuerySet(models.QuerySet["LiveCase"]):
    """Live cases by who may know of them."""

    def visible_to(self, user) -> "LiveCaseQuerySet":
        """Those of meetings the user sees, and those of the user's own hospitals."""
        if not user.is_authenticated:
            return self.none()
        posts = user.appointments.current()
        own = posts.filter(hospital__isnull=False, role__in=[Role.TECHNICIAN, Role.COORDINATOR]).values("hospital")
        return self.filter(
            Q(session__meeting__in=Meeting.objects.visible_to(user).values("pk"))
            | Q(case__hospital__in=own)
            | Q(case__in=Case.objects.filter(team__person=user).values("pk"))
        )


class LiveCase(models.Model):
    """A case shown live in a session. It cannot go live uncleared or without consent in force."""

    code = CodeField()
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="live_cases", verbose_name=_("session"))
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="live_cases", verbose_name=_("case"))
    group = MediaIdField(verbose_name=_("media group"))
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.PROPOSED)
    epoch = models.PositiveIntegerField(_("epoch of the passes"), default=0)
    proposed_at = models.DateTimeField(_("proposed at"), auto_now_add=True)
    cleared_at = models.DateTimeField(_("cleared at"), null=True, blank=True)
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("cleared by"),
    )
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = LiveCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("live case")
        verbose_name_plural = _("live cases")
        ordering = ["session__starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "case"], name="case_once_a_session"),
            models.CheckConstraint(
                condition=~Q(status__in=["cleared", "live"]) | Q(cleared_at__isnull=False),
                name="no_live_case_uncleared",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("theatre:live", args=[self.code])

    @property
    def channel(self) -> str:
        """The channel on which changes of this live case are told."""
        return f"theatre:{self.code}"

    @property
    def is_live(self) -> bool:
        """Whether it is open now."""
        return self.status == Status.LIVE

    @property
    def is_over(self) -> bool:
        """Whether it has been closed."""
        return self.status in (Status.CLOSED, Status.OUTCOME_RECORDED)

    def pass_epoch(self, at: datetime | None = None) -> int:
        """The epoch of passes signed now.

        Every consent that ends raises it, so that passes die even where nobody pressed a button.
        """
        at = at or timezone.now()
        return self.epoch + sum(
            1
            for consent in self.case.consents.all()
            if (consent.withdrawn_at and consent.withdrawn_at <= at)
            or (consent.expires_at and consent.expires_at <= at)
        )
