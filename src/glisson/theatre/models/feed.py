from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from glisson.core.codes import MediaIdField
from glisson.theatre.enums import Angle, FeedState
from glisson.theatre.models.live_case import LiveCase


class FeedQuerySet(models.QuerySet["Feed"]):
    """Feeds by who may know of them."""

    def visible_to(self, user) -> "FeedQuerySet":
        """The feeds of live cases the user sees."""
        return self.filter(live_case__in=LiveCase.objects.visible_to(user).values("pk"))


class Feed(models.Model):
    """A picture out of a theatre, with a stream key of its own."""

    code = MediaIdField()
    live_case = models.ForeignKey(LiveCase, on_delete=models.PROTECT, related_name="feeds", verbose_name=_("live case"))
    angle = models.CharField(_("angle"), max_length=12, choices=Angle)
    title = models.CharField(_("title"), max_length=80)
    state = models.CharField(_("state"), max_length=8, choices=FeedState, default=FeedState.CLOSED)
    record = models.BooleanField(_("record"), default=True)
    # The technician copies the key again on the day, so it is kept sealed, not only as a hash.
    sealed_key = models.TextField(_("sealed stream key"), editable=False)
    key_sha256 = models.CharField(_("hash of the stream key"), max_length=64, editable=False)
    key_made_at = models.DateTimeField(_("stream key made at"), editable=False)
    pull_url = models.CharField(_("fetch from"), max_length=300, blank=True)
    srt_port = models.PositiveIntegerField(
        _("SRT port"),
        null=True,
        blank=True,
        unique=True,
        validators=[MinValueValidator(1024), MaxValueValidator(65535)],
    )
    srt_passphrase = models.CharField(_("SRT passphrase"), max_length=79, blank=True)
    armed_at = models.DateTimeField(_("armed at"), null=True, blank=True)
    on_air_at = models.DateTimeField(_("on air at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("feed")
        verbose_name_plural = _("feeds")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(srt_passphrase="") | Q(srt_port__isnull=False), name="srt_passphrase_needs_a_port"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether a publisher is let in."""
        return self.state != FeedState.CLOSED
