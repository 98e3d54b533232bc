"""Segment sets and operations for property tests."""

from hypothesis import strategies as st

from glisson.clinical import MODULES, Extent, Operation, Segment, SegmentSet, Structure, Treatment

segment_sets = st.builds(
    lambda extents, structures: SegmentSet.of(
        [segment for segment, extent in extents.items() if extent is Extent.WHOLE],
        [segment for segment, extent in extents.items() if extent is Extent.PARTIAL],
        structures,
    ),
    st.dictionaries(st.sampled_from(Segment), st.sampled_from(Extent)),
    st.dictionaries(st.sampled_from(Structure), st.sampled_from(Treatment)),
)

operations = st.builds(
    Operation,
    segment_sets.filter(lambda segments: bool(segments.segments)),
    st.lists(st.sampled_from(list(MODULES.values())), unique_by=lambda part: part.code).map(tuple),
)
