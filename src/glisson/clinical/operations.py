"""An operation: a segment set and the modules it is composed of."""

from dataclasses import dataclass

from glisson.clinical.modules import Module, module
from glisson.clinical.names import ResectionName, name_of
from glisson.clinical.segments import SegmentSet
from glisson.clinical.steps import PHASES, Phase, Step


@dataclass(frozen=True, slots=True)
class Operation:
    """What was done: segments, vessels and ducts, and the modules that give it its steps.

    Parameters
    ----------
    segments
        Segments removed and structures treated.
    modules
        Resections first, then add-ons; each once.

    Raises
    ------
    ValueError
        If a module stands twice, or nothing was done at all.
    """

    segments: SegmentSet
    modules: tuple[Module, ...] = ()

    def __post_init__(self) -> None:
        if len({part.code for part in self.modules}) != len(self.modules):
            raise ValueError("Each module of an operation is named once.")
        if not self.segments.segments:
            raise ValueError("Name at least one liver segment.")
        object.__setattr__(self, "modules", tuple(sorted(self.modules, key=lambda part: part.is_addon)))

    @classmethod
    def parse(cls, text: str) -> "Operation":
        """Read the compact form written by `str()`.

        Parameters
        ----------
        text
            Segment set, a bar, versioned modules joined by plus signs:
            ``S5,S6,S7,S8;PV:reconstructed|rh@1+pv-thrombectomy@1+pv-reconstruct@1``.

        Returns
        -------
        Operation

        Raises
        ------
        ValueError
            If a segment, structure or module is not known.
        """
        segments, _, modules = text.partition("|")
        return cls(SegmentSet.parse(segments), tuple(module(word) for word in modules.split("+") if word))

    def __str__(self) -> str:
        modules = "+".join(part.versioned for part in self.modules)
        return f"{self.segments}|{modules}" if modules else str(self.segments)

    @property
    def name(self) -> ResectionName:
        """The names derived from the segment set."""
        return name_of(self.segments)

    @property
    def addons(self) -> tuple[Module, ...]:
        """The add-on modules."""
        return tuple(part for part in self.modules if part.is_addon)

    @property
    def steps(self) -> tuple[tuple[Phase, tuple[Step, ...]], ...]:
        """Every phase of the skeleton in order, each with the steps the modules add to it."""
        return tuple(
            (phase, tuple(step for part in self.modules for step in part.steps if step.phase is phase))
            for phase in PHASES
        )
