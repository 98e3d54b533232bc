"""Choices of a meeting."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SessionKind(TextChoices):
    """What happens in a session."""

    OPENING = "opening", _("Opening")
    LIVE_CASE = "live_case", _("Live surgery")
    LECTURE = "lecture", _("Lecture")
    CASE_REVIEW = "case_review", _("Case review")
    SIMULATION = "simulation", _("Simulation")
    DISCUSSION = "discussion", _("Discussion")
    BREAK = "break", _("Break")
