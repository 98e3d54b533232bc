from django.db import models
from django.utils.translation import gettext_lazy as _

from glisson.core.codes import CodeField


class AssetQuerySet(models.QuerySet["Asset"]):
    """Originals by what may be done with them."""

    def not_taken_down(self) -> "AssetQuerySet":
        """Those nobody has taken down; consent is asked by who shows them."""
        return self.filter(taken_down_at=None)


class Asset(models.Model):
    """An original recording as the live process wrote it. The storage knows no meeting and no case."""

    code = CodeField()
    feed_folder = models.CharField(_("folder of the recording"), max_length=64, unique=True)
    manifest_sha256 = models.CharField(_("checksum of the manifest"), max_length=64)
    seconds = models.FloatField(_("duration in seconds"))
    bytes = models.BigIntegerField(_("bytes"))
    streams = models.JSONField(_("streams"), default=list)
    gaps = models.JSONField(_("gaps"), default=list, help_text=_("Where the encoder was away, in seconds."))
    registered_at = models.DateTimeField(_("registered at"), auto_now_add=True)
    taken_down_at = models.DateTimeField(_("taken down at"), null=True, blank=True)

    objects = AssetQuerySet.as_manager()

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ["-registered_at", "-pk"]

    def __str__(self) -> str:
        return self.code

    @property
    def is_taken_down(self) -> bool:
        """Whether it must not be played, whatever else holds."""
        return self.taken_down_at is not None
