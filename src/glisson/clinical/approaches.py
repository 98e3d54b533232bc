"""How the surgeon comes to the liver, and what indocyanine green is used for."""

from enum import StrEnum


class Approach(StrEnum):
    """The approach of an operation, intended or performed."""

    OPEN = "open"
    LAPAROSCOPIC = "laparoscopic"
    HAND_ASSISTED = "hand_assisted"
    HYBRID = "hybrid"
    ROBOTIC = "robotic"

    @property
    def is_minimally_invasive(self) -> bool:
        """Whether the operation was begun through ports."""
        return self is not Approach.OPEN


class IcgUse(StrEnum):
    """What indocyanine green fluorescence was used for in an operation."""

    NONE = "none"
    NEGATIVE_STAIN = "negative_stain"
    """The segments to be removed stay dark after their inflow is closed."""
    POSITIVE_STAIN = "positive_stain"
    """The segments to be removed glow after injection into their portal branch."""
    TUMOUR = "tumour"
    BILE_DUCTS = "bile_ducts"
    PERFUSION = "perfusion"
