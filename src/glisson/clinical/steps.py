"""The common skeleton of a liver resection, and the shape of a step."""

from dataclasses import dataclass
from enum import StrEnum

from glisson.clinical.sources import SourceStatus


class Phase(StrEnum):
    """The ordered parts every liver resection shares."""

    PLAN = "P0"
    POSITION = "P1"
    EXPLORE = "P2"
    MOBILISE = "P3"
    INFLOW = "P4"
    DEMARCATE = "P5"
    TRANSECT = "P6"
    OUTFLOW = "P7"
    HAEMOSTASIS = "P8"
    EXTRACT = "P9"


PHASES: dict[Phase, str] = {
    Phase.PLAN: "Plan",
    Phase.POSITION: "Position and ports",
    Phase.EXPLORE: "Explore and ultrasound",
    Phase.MOBILISE: "Mobilise",
    Phase.INFLOW: "Inflow control",
    Phase.DEMARCATE: "Demarcate",
    Phase.TRANSECT: "Transect",
    Phase.OUTFLOW: "Outflow",
    Phase.HAEMOSTASIS: "Haemostasis and leak test",
    Phase.EXTRACT: "Extract and close",
}
"""What each phase is called."""


@dataclass(frozen=True, slots=True)
class Step:
    """A part of an operation that can be shown, taught and signed.

    Parameters
    ----------
    code
        Stable, unique: the module's code, a dot, a word.
    phase
        Where it stands in the skeleton.
    name
        What is done.
    gate
        What must be shown before going on; empty when there is no gate.
    review_status
        The breakdown is the project's own until two liver surgeons have reviewed it.
    """

    code: str
    phase: Phase
    name: str
    gate: str = ""
    review_status: SourceStatus = SourceStatus.PROJECT
