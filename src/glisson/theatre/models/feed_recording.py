from django.db import models
from django.utils.translation import gettext_lazy as _

from glisson.media.models import Asset
from glisson.theatre.models.feed import Feed


class FeedRecording(models.Model):
    """The original that was recorded of a feed."""

    feed = models.OneToOneField(Feed, on_delete=models.PROTECT, related_name="recording", verbose_name=_("feed"))
    asset = models.OneToOneField(
        Asset, on_delete=models.PROTECT, related_name="feed_recording", verbose_name=_("recording")
    )

    registered_at = models.DateTimeField(_("registered at"), auto_now=True)

    class Meta:
        verbose_name = _("recording of a feed")
        verbose_name_plural = _("recordings of feeds")

    def __str__(self) -> str:
        return f"{self.feed_id} {self.asset_id}"
