from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glisson.clinical import Segment, SegmentSet, Structure, Treatment
from glisson.clinical.segments import ANTEROLATERAL, POSTEROSUPERIOR
from tests.clinical.strategies import segment_sets


@given(segment_sets)
def test_the_compact_form_reads_back_exactly(segments):
    assert SegmentSet.parse(str(segments)) == segments
    assert str(SegmentSet.parse(str(segments))) == str(segments)


@given(segment_sets, segment_sets)
def test_joining_touches_what_either_touches(one, other):
    joined = one.joined(other)
    assert joined.segments == one.segments | other.segments
    assert joined.whole == one.whole | other.whole
    assert {structure for structure, _ in joined.structures} == {
        structure for structure, _ in (*one.structures, *other.structures)
    }
    assert joined == other.joined(one)


@given(st.text(max_size=40))
def test_any_other_text_is_refused_or_read_never_worse(text):
    with suppress(ValueError):
        assert str(SegmentSet.parse(text)).count(",") <= 14


def test_the_founding_operation_in_its_compact_form():
    segments = SegmentSet.of(
        {Segment.S8, Segment.S5, Segment.S7, Segment.S6},
        structures={Structure.PORTAL_VEIN: Treatment.RECONSTRUCTED},
    )
    assert str(segments) == "S5,S6,S7,S8;PV:reconstructed"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("S9", "'S9' is not a segment; the segments are S1, S2, S3, S4a, S4b, S5, S6, S7, S8."),
        ("S5-8", "'S5-8' is not a segment; the segments are S1, S2, S3, S4a, S4b, S5, S6, S7, S8."),
        ("S2,S2", "'S2,S2' names a segment twice."),
        ("S2,S2'", "S2: a segment is removed whole or in part, not both."),
        (
            "S2;PV:gone",
            "'PV:gone' is not understood; write a structure (B, PV, HA, MHV, RHV, LHV, IVC), a colon, "
            "and resected or reconstructed.",
        ),
        ("S2;PV:resected,PV:reconstructed", "Each vessel or duct is named once."),
    ],
)
def test_what_cannot_be_read_is_named(text, sentence):
    with pytest.raises(ValueError, match=r".") as refusal:
        SegmentSet.parse(text)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("S2,S3,S4a,S4b", "S2, S3, S4"),
        ("S4b,S5", "S4b, S5"),
        ("S4a',S4b", "S4a (part), S4b"),
        ("S7,S8'", "S7, S8 (part)"),
        ("", ""),
    ],
)
def test_the_list_a_surgeon_reads(text, shown):
    assert SegmentSet.parse(text).couinaud_list == shown


def test_reconstruction_outweighs_resection_when_joined():
    resected, rebuilt = SegmentSet.parse("S2;PV:resected"), SegmentSet.parse(";PV:reconstructed")
    assert str(resected.joined(rebuilt)) == str(rebuilt.joined(resected)) == "S2;PV:reconstructed"


def test_every_segment_lies_in_one_group():
    assert set(Segment) == POSTEROSUPERIOR | ANTEROLATERAL
    assert not POSTEROSUPERIOR & ANTEROLATERAL
