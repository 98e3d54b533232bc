"""Terminology of liver surgery: segments, names of resections, modules and steps of an operation.

Pure Python over plain values: no Django, no database. Every rule says where it comes from and
whether it has been checked against that source.

>>> from glisson.clinical import SegmentSet, name_of
>>> name_of(SegmentSet.parse("S5,S6,S7,S8;PV:reconstructed")).brisbane
'right hemihepatectomy'
"""

from glisson.clinical.approaches import Approach, IcgUse
from glisson.clinical.modules import MODULES, Module, module
from glisson.clinical.names import ResectionName, SizeClass, name_of, new_world_code
from glisson.clinical.operations import Operation
from glisson.clinical.segments import Extent, Segment, SegmentSet, Structure, Treatment
from glisson.clinical.sources import Source, SourceStatus
from glisson.clinical.steps import PHASES, Phase, Step

__all__ = [
    "MODULES",
    "PHASES",
    "Approach",
    "Extent",
    "IcgUse",
    "Module",
    "Operation",
    "Phase",
    "ResectionName",
    "Segment",
    "SegmentSet",
    "SizeClass",
    "Source",
    "SourceStatus",
    "Step",
    "Structure",
    "Treatment",
    "module",
    "name_of",
    "new_world_code",
]
