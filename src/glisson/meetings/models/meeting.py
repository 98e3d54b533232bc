from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from glisson.alliance.enums import Role
from glisson.alliance.models import Alliance, Hospital
from glisson.core.codes import CodeField

RUNNING_ROLES = [Role.CHAIR, Role.OFFICE, Role.DIRECTOR]
"""Who prepares an alliance's meetings."""

HOST_ROLES = [Role.TECHNICIAN, Role.COORDINATOR]
"""Who prepares a meeting in the hospital that hosts it."""


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Meetings by who may know of them."""

    def visible_to(self, user) -> "MeetingQuerySet":
        """Published meetings of the user's alliances; drafts only for those who prepare them."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        posts = user.appointments.current()
        runs = posts.filter(alliance__isnull=False, role__in=RUNNING_ROLES).values("alliance")
        hosts = posts.filter(hospital__isnull=False, role__in=HOST_ROLES).values("hospital")
        return self.filter(
            Q(published_at__isnull=False, alliance__in=user.alliances().values("pk"))
            | Q(alliance__in=runs)
            | Q(host__in=hosts)
        )


class Meeting(models.Model):
    """An alliance comes together in one hospital's town, in the hall and online."""

    code = CodeField()
    alliance = models.ForeignKey(
        Alliance, on_delete=models.PROTECT, related_name="meetings", verbose_name=_("alliance")
    )
    host = models.ForeignKey(
        Hospital, on_delete=models.PROTECT, related_name="hosted_meetings", verbose_name=_("host hospital")
    )
    title = models.CharField(_("title"), max_length=120)
    place = models.CharField(_("place"), max_length=120, help_text=_("The hall and the town, as on the invitation."))
    zone = models.CharField(_("time zone"), max_length=40)
    is_hybrid = models.BooleanField(_("also online"), default=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="meeting_ends_after_it_starts")
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meetings:meeting", args=[self.code])

    @property
    def zoneinfo(self) -> ZoneInfo:
        """The meeting's own time zone."""
        return ZoneInfo(self.zone)

    @property
    def is_published(self) -> bool:
        """Whether the alliance's members see it."""
        return self.published_at is not None
