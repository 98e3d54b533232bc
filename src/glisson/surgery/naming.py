"""An operation in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from glisson.clinical import Operation, Phase, Segment, SegmentSet, SourceStatus
from glisson.surgery import enums


@dataclass(frozen=True)
class NamedStep:
    """A step with the words of the reader's language."""

    code: str
    name: str
    gate: str


@dataclass(frozen=True)
class NamedPhase:
    """A phase of the skeleton and the steps this operation adds to it."""

    code: str
    name: str
    steps: tuple[NamedStep, ...]


def segment_list(segments: SegmentSet) -> str:
    """The Couinaud list, such as "S2, S3, S4" or "S7, S8 (part)"."""
    both_halves = {Segment.S4A, Segment.S4B} <= segments.whole
    words = []
    for segment in Segment:
        if both_halves and segment in (Segment.S4A, Segment.S4B):
            if segment is Segment.S4A:
                words.append("S4")
        elif segment in segments.whole:
            words.append(segment.value)
        elif segment in segments.partial:
            words.append(_("%(segment)s (part)") % {"segment": segment.value})
    return ", ".join(words)


def resection_name(operation: Operation) -> str:
    """The everyday name, or the segments when the set has no name."""
    name = operation.name
    if name.is_classified:
        return str(enums.RESECTIONS[name.everyday])
    return _("resection of %(segments)s") % {"segments": segment_list(operation.segments)}


def brisbane_name(operation: Operation) -> str:
    """The Brisbane 2000 name, or "unclassified"."""
    name = operation.name
    return str(enums.RESECTIONS[name.brisbane]) if name.is_classified else _("unclassified")


def addon_names(codes: Iterable[str]) -> list[str]:
    """Add-ons as surgeons say them; pairs said in one breath are one name."""
    left = dict.fromkeys(codes)
    names = []
    for pair, words in enums.ADDON_PAIRS.items():
        if pair <= left.keys():
            names.append(str(words))
            for code in pair:
                del left[code]
    return names + [str(enums.MODULES[code]) for code in left]


def operation_title(operation: Operation, approach: str) -> str:
    """The operation in one line: approach, name, add-ons.

    Example: "Laparoscopic right hepatectomy with portal vein thrombectomy and reconstruction".
    """
    words = {
        "approach": enums.Approach(approach).label,
        "operation": resection_name(operation),
        "addons": _(" and ").join(addon_names(part.code for part in operation.addons)),
    }
    if words["addons"]:
        return capfirst(pgettext("title of an operation", "%(approach)s %(operation)s with %(addons)s") % words)
    return capfirst(pgettext("title of an operation", "%(approach)s %(operation)s") % words)


def status_words(status: SourceStatus) -> str:
    """How far a rule has been checked, in words; empty when it needs no mark."""
    return {
        SourceStatus.VERIFIED: "",
        SourceStatus.CORROBORATED: _("source not checked; other texts agree"),
        SourceStatus.UNVERIFIED: _("source not checked"),
        SourceStatus.PROJECT: _("our own, to be reviewed by two liver surgeons"),
    }[status]


def phases_of(operation: Operation) -> list[NamedPhase]:
    """The phases in order with the steps this operation adds."""
    return [
        NamedPhase(
            phase.value,
            str(enums.PHASES[Phase(phase)]),
            tuple(
                NamedStep(step.code, str(enums.STEPS[step.code]), str(enums.GATES.get(step.code, ""))) for step in steps
            ),
        )
        for phase, steps in operation.steps
    ]


@dataclass(frozen=True)
class DescribedOperation:
    """Everything the pages say of an operation, with how far each name has been checked."""

    everyday: str
    segments: str
    structures: list[str]
    brisbane: str
    brisbane_mark: str
    new_world: str
    new_world_mark: str
    size: str
    is_technically_major: bool
    addons: list[str]
    phases: list[NamedPhase]
    citations: list[str]


def describe_operation(operation: Operation) -> DescribedOperation:
    """Put an operation into words."""
    name = operation.name
    return DescribedOperation(
        everyday=capfirst(resection_name(operation)),
        segments=segment_list(operation.segments),
        structures=[
            f"{enums.STRUCTURES[structure]}: {str(enums.TREATMENTS[treatment]).lower()}"
            for structure, treatment in operation.segments.structures
        ],
        brisbane=brisbane_name(operation),
        brisbane_mark=status_words(name.brisbane_status) if name.is_classified else "",
        new_world=name.new_world,
        new_world_mark=status_words(name.new_world_status),
        size=str(enums.SIZES[name.size]),
        is_technically_major=name.technically_major,
        addons=addon_names(part.code for part in operation.addons),
        phases=phases_of(operation),
        citations=[f"{source.citation}{f' doi:{source.doi}' if source.doi else ''}" for source in name.sources],
    )
