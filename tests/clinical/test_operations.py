import pytest
from hypothesis import given

from glisson.clinical import MODULES, PHASES, Approach, Operation, Phase, SegmentSet, SourceStatus, module
from tests.clinical.strategies import operations


@given(operations)
def test_the_compact_form_reads_back_exactly(operation):
    assert Operation.parse(str(operation)) == operation


@given(operations)
def test_the_skeleton_is_always_whole_and_in_order(operation):
    assert [phase for phase, _ in operation.steps] == list(PHASES)
    named = [step for _, steps in operation.steps for step in steps]
    assert sorted(step.code for step in named) == sorted(step.code for part in operation.modules for step in part.steps)


def test_the_founding_operation():
    operation = Operation.parse("S5,S6,S7,S8;PV:reconstructed|pv-reconstruct+rh+pv-thrombectomy")
    assert str(operation) == "S5,S6,S7,S8;PV:reconstructed|rh@1+pv-reconstruct@1+pv-thrombectomy@1"
    assert [part.code for part in operation.addons] == ["pv-reconstruct", "pv-thrombectomy"]
    assert operation.name.brisbane == "right hemihepatectomy"
    inflow = dict(operation.steps)[Phase.INFLOW]
    assert [step.code for step in inflow] == [
        "rh.right-pedicle",
        "pv-reconstruct.suture",
        "pv-thrombectomy.thrombus",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Name at least one liver segment."),
        (";PV:resected|pv-reconstruct", "Name at least one liver segment."),
        ("S2|lls+lls", "Each module of an operation is named once."),
        (
            "S2|whipple",
            "'whipple' is not a module of an operation; the modules are rh, lh, lls, rps, wedge, "
            "pv-thrombectomy, pv-reconstruct.",
        ),
    ],
)
def test_what_is_no_operation_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(ValueError, match=r".") as refusal:
        Operation.parse(text)
    assert str(refusal.value) == sentence


def test_a_version_that_was_never_written_is_refused():
    with pytest.raises(ValueError, match="'rh@7' is not a module"):
        module("rh@7")
    assert module("rh@1") is MODULES["rh"]


def test_steps_are_unique_carry_their_module_and_await_review():
    steps = [step for part in MODULES.values() for step in part.steps]
    assert len({step.code for step in steps}) == len(steps)
    for part in MODULES.values():
        for step in part.steps:
            assert step.code.startswith(f"{part.code}.")
            assert step.review_status is SourceStatus.PROJECT


def test_each_resection_but_the_wedge_knows_its_segments_and_name():
    for part in MODULES.values():
        if part.is_addon or part.code == "wedge":
            assert part.segments.segments == frozenset()
        else:
            assert Operation(part.segments, (part,)).name.everyday == part.name


def test_only_open_surgery_is_not_minimally_invasive():
    assert [approach for approach in Approach if not approach.is_minimally_invasive] == [Approach.OPEN]


def test_the_empty_set_is_false():
    assert not SegmentSet()
    assert SegmentSet.parse(";PV:resected")
