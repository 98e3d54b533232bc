from django.db import models
from django.utils.translation import gettext_lazy as _

from glisson.meetings.models.meeting import Meeting


class Room(models.Model):
    """A hall or theatre where sessions take place."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="rooms", verbose_name=_("meeting"))
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["meeting", "name"], name="room_once_a_meeting")]

    def __str__(self) -> str:
        return self.name
