from django.conf import settings
from django.db import models
from django.db.models import F, Q

from glisson.core.codes import CodeField
from glisson.core.enums import JobState


class Job(models.Model):
    """Work in the background with its progress, as the person who asked for it sees it."""

    code = CodeField()
    task = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=JobState.choices, default=JobState.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=500, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(condition=Q(total=0) | Q(done__lte=F("total")), name="job_done_within_total")
        ]

    def __str__(self):
        return f"{self.title} ({self.state})"
