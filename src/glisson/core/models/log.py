from django.conf import settings
from django.db import models


class LogRefusal(Exception):
    """The log is append-only."""


class LogEntries(models.QuerySet):
    def update(self, **values):
        raise LogRefusal("Log entries are never changed.")

    def delete(self):
        raise LogRefusal("Log entries are never deleted.")

    def about(self, thing):
        """Everything that was logged about one object, oldest first."""
        return self.filter(model=thing._meta.label_lower, object_id=str(thing.pk)).order_by("sequence")


class LogEntry(models.Model):
    """Who did what to which object: append-only, each entry sealed with the hash of the one before."""

    sequence = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    who = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=60)
    model = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = LogEntries.as_manager()

    class Meta:
        ordering = ["sequence"]
        indexes = [models.Index(fields=["model", "object_id", "sequence"], name="log_by_object")]

    def __str__(self):
        return f"{self.sequence} {self.what}"

    def delete(self, *args, **options):
        raise LogRefusal("Log entries are never deleted.")
