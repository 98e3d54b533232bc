from django.db import models
from django.utils.translation import gettext_lazy as _

from glisson.media.models.asset import Asset


class Rendition(models.Model):
    """What is played of an original: the same pictures, a low rung, or the sound alone."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="renditions", verbose_name=_("recording"))
    rung = models.CharField(_("rung"), max_length=12)
    seconds = models.FloatField(_("duration in seconds"))
    bytes = models.BigIntegerField(_("bytes"))

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["asset", "rung"], name="rung_once_an_asset")]

    def __str__(self) -> str:
        return f"{self.asset_id} {self.rung}"
