from django.db import models


class LiveEvent(models.Model):
    """Something that changed, for those who follow a channel; kept for an hour so that a reconnect misses nothing."""

    channel = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["channel", "id"], name="event_by_channel")]

    def __str__(self):
        return f"{self.channel} {self.kind} {self.pk}"
