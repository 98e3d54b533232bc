from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from glisson.theatre.models.live_case import LiveCase


class ViewingRevocation(models.Model):
    """A person who may no longer watch a live case."""

    live_case = models.ForeignKey(
        LiveCase, on_delete=models.CASCADE, related_name="revocations", verbose_name=_("live case")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )
    reason = models.CharField(_("reason"), max_length=200)
    revoked_at = models.DateTimeField(_("revoked at"))
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("revoked by")
    )

    class Meta:
        verbose_name = _("revoked viewing")
        verbose_name_plural = _("revoked viewings")
        constraints = [models.UniqueConstraint(fields=["live_case", "person"], name="viewing_revoked_once")]

    def __str__(self) -> str:
        return f"{self.live_case_id} {self.person_id}"
