"""Choices of a live case and its feeds."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    """The walk of a live case; no state is skipped without a trail."""

    PROPOSED = "proposed", _("Proposed")
    CONSENTED = "consented", _("Consented")
    CLEARED = "cleared", _("Cleared")
    LIVE = "live", _("Live")
    CLOSED = "closed", _("Closed")
    OUTCOME_RECORDED = "outcome_recorded", _("Outcome recorded")


class Angle(TextChoices):
    """What a feed looks at."""

    LAPAROSCOPE = "laparoscope", _("Laparoscope")
    FLUORESCENCE = "fluorescence", _("Fluorescence")
    ULTRASOUND = "ultrasound", _("Ultrasound")
    ROOM = "room", _("Room")
    PROGRAMME = "programme", _("Programme")


class FeedState(TextChoices):
    """What the live process does with a feed; the values are those of its roster."""

    CLOSED = "closed", _("Closed")
    ARMED = "armed", _("Armed")
    ON_AIR = "on_air", _("On air")
