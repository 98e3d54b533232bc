import pytest
from hypothesis import given

from glisson.clinical import SegmentSet, SizeClass, SourceStatus, name_of
from glisson.clinical.names import TABLE
from tests.clinical.strategies import segment_sets

VERIFIED, CORROBORATED, UNVERIFIED = SourceStatus.VERIFIED, SourceStatus.CORROBORATED, SourceStatus.UNVERIFIED
MAJOR, MINOR, INDETERMINATE = SizeClass.MAJOR, SizeClass.MINOR, SizeClass.INDETERMINATE


@pytest.mark.parametrize(
    ("segments", "brisbane", "everyday", "code", "size", "technically", "status"),
    [
        ("S2,S3", "left lateral sectionectomy", "left lateral sectionectomy", "H23", MINOR, False, CORROBORATED),
        ("S4a,S4b", "left medial sectionectomy", "segment 4 resection", "H4", MINOR, False, VERIFIED),
        ("S2,S3,S4a,S4b", "left hemihepatectomy", "left hepatectomy", "H234", MAJOR, False, CORROBORATED),
        ("S1,S2,S3,S4a,S4b", "left hemihepatectomy", "left hepatectomy", "H1234", MAJOR, False, CORROBORATED),
        ("S5,S6,S7,S8", "right hemihepatectomy", "right hepatectomy", "H5678", MAJOR, False, VERIFIED),
        ("S1,S5,S6,S7,S8", "right hemihepatectomy", "right hepatectomy", "H15678", MAJOR, False, VERIFIED),
        ("S6,S7", "right posterior sectionectomy", "right posterior sectionectomy", "H67", MINOR, True, CORROBORATED),
        ("S5,S8", "right anterior sectionectomy", "right anterior sectionectomy", "H58", MINOR, True, CORROBORATED),
        ("S4a,S4b,S5,S8", "central hepatectomy", "central hepatectomy", "H458", MAJOR, False, UNVERIFIED),
        (
            "S4a,S4b,S5,S6,S7,S8",
            "right trisectionectomy",
            "extended right hepatectomy",
            "H45678",
            MAJOR,
            False,
            VERIFIED,
        ),
        (
            "S2,S3,S4a,S4b,S5,S8",
            "left trisectionectomy",
            "extended left hepatectomy",
            "H23458",
            MAJOR,
            False,
            CORROBORATED,
        ),
    ],
)
def test_each_row_of_the_table(segments, brisbane, everyday, code, size, technically, status):
    name = name_of(SegmentSet.parse(segments))
    assert (name.brisbane, name.everyday, name.new_world) == (brisbane, everyday, code)
    assert (name.size, name.technically_major, name.brisbane_status) == (size, technically, status)


@pytest.mark.parametrize(
    ("segments", "shown", "code", "size", "technically"),
    [
        ("S7", "S7", "H7", MINOR, True),
        ("S8'", "S8 (part)", "H8'", MINOR, True),
        ("S1", "S1", "H1", MINOR, False),
        ("S4b,S5", "S4b, S5", "H4'5", MINOR, False),
        ("S6',S7',S8'", "S6 (part), S7 (part), S8 (part)", "H6'7'8'", INDETERMINATE, False),
        ("S5,S6',S7,S8", "S5, S6 (part), S7, S8", "H56'78", MAJOR, False),
        ("S1,S2,S3", "S1, S2, S3", "H123", MAJOR, False),
        ("", "", "", INDETERMINATE, False),
    ],
)
def test_a_set_outside_the_table_is_shown_by_its_segments(segments, shown, code, size, technically):
    name = name_of(SegmentSet.parse(segments))
    assert not name.is_classified
    assert (name.everyday, name.new_world, name.size) == (shown, code, size)
    assert name.technically_major is technically


def test_vessels_and_ducts_are_suffixes_in_the_notation_s_order():
    segments = SegmentSet.parse("S2,S3,S4a,S4b;IVC:resected,PV:reconstructed,B:reconstructed")
    assert name_of(segments).new_world == "H234-B-PV-IVC"
    assert name_of(segments).brisbane == "left hemihepatectomy"


@given(segment_sets)
def test_every_set_has_a_name_or_its_list_and_never_a_checked_new_world_code(segments):
    name = name_of(segments)
    assert bool(name.everyday) == bool(segments.segments)
    assert not name.new_world_status.is_checked
    if segments.partial:
        assert name.is_classified is False


def test_no_two_rows_answer_to_one_set():
    sets = [row.numbers for row in TABLE] + [row.numbers | {1} for row in TABLE if row.with_segment_1]
    assert len(sets) == len(set(sets))


def test_each_name_carries_its_citations():
    brisbane, new_world, size = name_of(SegmentSet.parse("S2,S3")).sources
    assert "HPB 2000;2:333-339" in brisbane.citation
    assert new_world.doi == "10.1097/SLA.0000000000004808"
    assert size.doi == "10.20517/2574-1225.2024.43"
