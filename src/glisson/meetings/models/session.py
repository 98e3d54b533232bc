from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from glisson.core.codes import CodeField
from glisson.meetings.enums import SessionKind
from glisson.meetings.models.meeting import Meeting
from glisson.meetings.models.room import Room


class SessionQuerySet(models.QuerySet["Session"]):
    """Sessions by who may know of them."""

    def visible_to(self, user) -> "SessionQuerySet":
        """The sessions of meetings the user sees."""
        return self.filter(meeting__in=Meeting.objects.visible_to(user).values("pk"))


class Session(models.Model):
    """One line of the timetable. Times are kept in UTC and shown in the meeting's zone."""

    code = CodeField()
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="sessions", verbose_name=_("meeting"))
    room = models.ForeignKey(
        Room, null=True, blank=True, on_delete=models.SET_NULL, related_name="sessions", verbose_name=_("room")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=SessionKind)
    title = models.CharField(_("title"), max_length=160)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_it_starts")
        ]

    def __str__(self) -> str:
        return self.title
