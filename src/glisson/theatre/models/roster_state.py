from django.db import models
from django.utils.translation import gettext_lazy as _


class RosterState(models.Model):
    """What the live process was last told, and since when it has not answered. One row."""

    version = models.PositiveBigIntegerField(_("version"), default=0)
    content_sha256 = models.CharField(_("hash of the content"), max_length=64, blank=True)
    answered_version = models.PositiveBigIntegerField(_("version the live process has"), default=0)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    silent_since = models.DateTimeField(_("has not answered since"), null=True, blank=True)
    retry_at = models.DateTimeField(_("tried again at"), null=True, blank=True)
    trouble = models.CharField(_("trouble"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("state of the roster")
        verbose_name_plural = _("states of the roster")

    def __str__(self) -> str:
        return f"roster {self.version}"
