from django.db import models


class Ledger(models.Model):
    """One row that writers hold, so that log entries and live events are numbered in the order they were committed."""

    name = models.CharField(max_length=10, unique=True)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    def __str__(self):
        return f"{self.name} {self.sequence}"
