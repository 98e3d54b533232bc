"""Names derived from a segment set: Brisbane 2000, New World code, everyday name, size class.

Brisbane 2000 "did not address nonanatomical, multiple and combined bilio-vascular resections": a set
outside the table, or with a partial segment, has no Brisbane name and is shown by its segments.
"""

from dataclasses import dataclass
from enum import StrEnum

from glisson.clinical.segments import POSTEROSUPERIOR, Segment, SegmentSet
from glisson.clinical.sources import BRISBANE_2000, MAJOR_RESECTION, NEW_WORLD, Source, SourceStatus


class SizeClass(StrEnum):
    """Size of a resection by the number of segments removed."""

    MAJOR = "major"
    MINOR = "minor"
    INDETERMINATE = "indeterminate"
    """Partial segments decide between major and minor, and no source says how they count."""


@dataclass(frozen=True, slots=True)
class ResectionName:
    """What a segment set is called, and how far each name has been checked.

    Parameters
    ----------
    brisbane
        The Brisbane 2000 name; empty when the table has no row for the set ("unclassified").
    everyday
        The name used in the corridor; the segment list when unclassified.
    brisbane_status
        Whether the Brisbane name was checked against its source.
    new_world
        New World code with suffixes for vessels and ducts; empty when no segment was removed.
    new_world_status
        Always unverified: the notation's rules have not been read in the source.
    size
        Major or minor (three segments or more, verified), or indeterminate.
    technically_major
        A minor resection in posterosuperior segments; its definition is unverified.
    """

    brisbane: str
    everyday: str
    brisbane_status: SourceStatus
    new_world: str
    new_world_status: SourceStatus
    size: SizeClass
    technically_major: bool

    @property
    def is_classified(self) -> bool:
        """Whether Brisbane 2000 has a name for the set."""
        return bool(self.brisbane)

    @property
    def sources(self) -> tuple[Source, Source, Source]:
        """Citations of the Brisbane name, the New World code and the size class, in this order."""
        return BRISBANE_2000, NEW_WORLD, MAJOR_RESECTION


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of resections; `with_segment_1` says whether segment 1 may go with it."""

    numbers: frozenset[int]
    brisbane: str
    everyday: str
    status: SourceStatus
    with_segment_1: bool = False
    technically_major: bool = False


_V, _C, _U = SourceStatus.VERIFIED, SourceStatus.CORROBORATED, SourceStatus.UNVERIFIED

TABLE: tuple[Row, ...] = (
    Row(frozenset({2, 3}), "left lateral sectionectomy", "left lateral sectionectomy", _C),
    Row(frozenset({4}), "left medial sectionectomy", "segment 4 resection", _V),
    Row(frozenset({2, 3, 4}), "left hemihepatectomy", "left hepatectomy", _C, with_segment_1=True),
    Row(frozenset({5, 6, 7, 8}), "right hemihepatectomy", "right hepatectomy", _V, with_segment_1=True),
    Row(
        frozenset({6, 7}),
        "right posterior sectionectomy",
        "right posterior sectionectomy",
        _C,
        technically_major=True,
    ),
    Row(frozenset({5, 8}), "right anterior sectionectomy", "right anterior sectionectomy", _C, technically_major=True),
    Row(frozenset({4, 5, 8}), "central hepatectomy", "central hepatectomy", _U),
    Row(frozenset({4, 5, 6, 7, 8}), "right trisectionectomy", "extended right hepatectomy", _V, with_segment_1=True),
    Row(frozenset({2, 3, 4, 5, 8}), "left trisectionectomy", "extended left hepatectomy", _C, with_segment_1=True),
)
"""Brisbane 2000 names by Couinaud numbers; the status of each row as checked so far."""


def name_of(segments: SegmentSet) -> ResectionName:
    """Derive every name of a segment set.

    Parameters
    ----------
    segments
        What was removed.

    Returns
    -------
    ResectionName
        With an empty `brisbane` when the set has no row in the table.

    Examples
    --------
    >>> name_of(SegmentSet.parse("S2,S3")).new_world
    'H23'
    """
    row = _row_of(segments)
    size = _size_of(segments)
    if row is None:
        technically = size is SizeClass.MINOR and bool(segments.segments & (POSTEROSUPERIOR - {Segment.S1}))
    else:
        technically = row.technically_major
    return ResectionName(
        brisbane=row.brisbane if row else "",
        everyday=row.everyday if row else segments.couinaud_list,
        brisbane_status=row.status if row else SourceStatus.UNVERIFIED,
        new_world=new_world_code(segments),
        new_world_status=SourceStatus.UNVERIFIED,
        size=size,
        technically_major=technically,
    )


def new_world_code(segments: SegmentSet) -> str:
    """Write the New World code: ``H``, the segment numbers, an apostrophe after a partial one, suffixes.

    One half of segment 4 alone is written as a partial segment 4. The rules are unverified.

    Parameters
    ----------
    segments
        What was removed.

    Returns
    -------
    str
        For example ``H5678-PV``; empty when no segment was removed.
    """
    if not segments.segments:
        return ""
    whole = _whole_numbers(segments)
    digits = "".join(
        f"{number}{'' if number in whole else chr(39)}"
        for number in sorted({segment.number for segment in segments.segments})
    )
    return f"H{digits}" + "".join(f"-{structure}" for structure, _ in segments.structures)


def _whole_numbers(segments: SegmentSet) -> frozenset[int]:
    numbers = {segment.number for segment in segments.whole}
    if not {Segment.S4A, Segment.S4B} <= segments.whole:
        numbers.discard(4)
    return frozenset(numbers)


def _row_of(segments: SegmentSet) -> Row | None:
    whole = _whole_numbers(segments)
    if whole != {segment.number for segment in segments.segments}:
        return None
    for row in TABLE:
        if whole == row.numbers or (row.with_segment_1 and whole == row.numbers | {1}):
            return row
    return None


def _size_of(segments: SegmentSet) -> SizeClass:
    whole = len(_whole_numbers(segments))
    touched = len({segment.number for segment in segments.segments})
    if whole >= 3:
        return SizeClass.MAJOR
    if touched >= 3 or touched == 0:
        return SizeClass.INDETERMINATE
    return SizeClass.MINOR
