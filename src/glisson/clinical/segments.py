"""Couinaud segments and what was removed or repaired with them: the primary fact of an operation.

A name of a resection is never stored; it is derived from a `SegmentSet` (see `glisson.clinical.names`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Segment(StrEnum):
    """A Couinaud segment; segment 4 is kept as its superior (4a) and inferior (4b) halves."""

    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4A = "S4a"
    S4B = "S4b"
    S5 = "S5"
    S6 = "S6"
    S7 = "S7"
    S8 = "S8"

    @property
    def number(self) -> int:
        """Couinaud's number, 1 to 8."""
        return int(self.value[1])


class Extent(StrEnum):
    """How much of a segment was removed."""

    WHOLE = "whole"
    PARTIAL = "partial"


class Structure(StrEnum):
    """A vessel or duct resected or reconstructed together with the liver.

    The abbreviations are those of the New World notation, in its order.
    """

    BILE_DUCT = "B"
    PORTAL_VEIN = "PV"
    HEPATIC_ARTERY = "HA"
    MIDDLE_HEPATIC_VEIN = "MHV"
    RIGHT_HEPATIC_VEIN = "RHV"
    LEFT_HEPATIC_VEIN = "LHV"
    VENA_CAVA = "IVC"


class Treatment(StrEnum):
    """What was done to a vessel or duct."""

    RESECTED = "resected"
    RECONSTRUCTED = "reconstructed"
    """Resected or opened, and its continuity restored."""


POSTEROSUPERIOR = frozenset({Segment.S1, Segment.S4A, Segment.S7, Segment.S8})
"""The segments hard to reach through ports (Kazaryan et al., PMC3213339; verified)."""

ANTEROLATERAL = frozenset(Segment) - POSTEROSUPERIOR
"""The others: 2, 3, 4b, 5, 6 (same source; verified)."""

_PARTIAL_MARK = "'"


@dataclass(frozen=True, slots=True)
class SegmentSet:
    """The segments removed, each whole or partial, and the vessels and ducts treated with them.

    Parameters
    ----------
    whole
        Segments removed entirely.
    partial
        Segments of which a part was removed; disjoint from `whole`.
    structures
        Vessels and ducts with what was done to them, in the order of `Structure`.

    Raises
    ------
    ValueError
        If a segment is named both whole and partial, or a structure twice.

    Examples
    --------
    >>> str(SegmentSet.parse("S5,S6,S7,S8;PV:reconstructed"))
    'S5,S6,S7,S8;PV:reconstructed'
    """

    whole: frozenset[Segment] = frozenset()
    partial: frozenset[Segment] = frozenset()
    structures: tuple[tuple[Structure, Treatment], ...] = field(default=())

    def __post_init__(self) -> None:
        if both := self.whole & self.partial:
            raise ValueError(f"{_listed(both)}: a segment is removed whole or in part, not both.")
        if len({structure for structure, _ in self.structures}) != len(self.structures):
            raise ValueError("Each vessel or duct is named once.")
        order = list(Structure)
        object.__setattr__(self, "structures", tuple(sorted(self.structures, key=lambda pair: order.index(pair[0]))))

    @classmethod
    def of(
        cls,
        whole: Iterable[Segment] = (),
        partial: Iterable[Segment] = (),
        structures: Mapping[Structure, Treatment] | None = None,
    ) -> "SegmentSet":
        """Make a set from any iterables.

        Parameters
        ----------
        whole, partial
            Segments removed entirely and in part.
        structures
            What was done to which vessel or duct.

        Returns
        -------
        SegmentSet
        """
        return cls(frozenset(whole), frozenset(partial), tuple((structures or {}).items()))

    @classmethod
    def parse(cls, text: str) -> "SegmentSet":
        """Read the compact form written by `str()`.

        Parameters
        ----------
        text
            Segments separated by commas, an apostrophe after a partial one; then, after a semicolon,
            structures as ``PV:reconstructed``. A hyphen is never a range: "5-8" has been printed for
            both the anterior section and the right liver.

        Returns
        -------
        SegmentSet

        Raises
        ------
        ValueError
            If a word is not known or stands twice; the message names it.
        """
        segments_text, _, structures_text = text.partition(";")
        whole: list[Segment] = []
        partial: list[Segment] = []
        for word in filter(None, segments_text.split(",")):
            name = word.removesuffix(_PARTIAL_MARK)
            (partial if word.endswith(_PARTIAL_MARK) else whole).append(_segment(name))
        if len(set(whole)) + len(set(partial)) != len(whole) + len(partial):
            raise ValueError(f"{segments_text!r} names a segment twice.")
        structures = tuple(_treated(word) for word in filter(None, structures_text.split(",")))
        return cls(frozenset(whole), frozenset(partial), structures)

    def __str__(self) -> str:
        segments = ",".join(
            f"{segment}{_PARTIAL_MARK if segment in self.partial else ''}"
            for segment in Segment
            if segment in self.segments
        )
        structures = ",".join(f"{structure}:{treatment}" for structure, treatment in self.structures)
        return f"{segments};{structures}" if structures else segments

    def __bool__(self) -> bool:
        return bool(self.segments or self.structures)

    @property
    def segments(self) -> frozenset[Segment]:
        """Every segment touched, whole or partial."""
        return self.whole | self.partial

    @property
    def couinaud_list(self) -> str:
        """The list a surgeon reads, such as "S2, S3, S4" or "S7, S8 (part)".

        Both halves of segment 4 removed entirely are written as one.
        """
        words: list[str] = []
        halves = {Segment.S4A, Segment.S4B}
        for segment in Segment:
            if segment in halves and halves <= self.whole:
                if segment is Segment.S4A:
                    words.append("S4")
            elif segment in self.whole:
                words.append(str(segment))
            elif segment in self.partial:
                words.append(f"{segment} (part)")
        return ", ".join(words)

    def joined(self, other: "SegmentSet") -> "SegmentSet":
        """Unite two sets: whole outweighs partial, reconstruction outweighs resection.

        Parameters
        ----------
        other
            What is added, for example by an add-on module.

        Returns
        -------
        SegmentSet
        """
        whole = self.whole | other.whole
        structures = dict(self.structures)
        for structure, treatment in other.structures:
            if structures.get(structure) is not Treatment.RECONSTRUCTED:
                structures[structure] = treatment
        return SegmentSet(whole, (self.partial | other.partial) - whole, tuple(structures.items()))


def _listed(segments: Iterable[Segment]) -> str:
    return ", ".join(sorted(segments))


def _segment(name: str) -> Segment:
    try:
        return Segment(name)
    except ValueError:
        raise ValueError(f"{name!r} is not a segment; the segments are {_listed(Segment)}.") from None


def _treated(word: str) -> tuple[Structure, Treatment]:
    structure, _, treatment = word.partition(":")
    try:
        return Structure(structure), Treatment(treatment)
    except ValueError:
        known = ", ".join(Structure)
        raise ValueError(
            f"{word!r} is not understood; write a structure ({known}), a colon, and resected or reconstructed."
        ) from None
