from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from glisson.clinical import MODULES, PHASES, Approach, IcgUse, Operation, SizeClass, Structure, Treatment
from glisson.clinical.names import TABLE
from glisson.core.models import LogEntry
from glisson.surgery import enums
from glisson.surgery.domain.case import CaseRefused, change_case, enter_case
from glisson.surgery.enums import Role
from glisson.surgery.forms import CaseForm, OperationForm
from glisson.surgery.models import Case
from glisson.surgery.naming import describe_operation, operation_title
from tests.factories.theatre import RIGHT_HEPATECTOMY, make_case


def test_the_founding_operations_by_name():
    right, left = Operation.parse(RIGHT_HEPATECTOMY), Operation.parse("S2,S3,S4a,S4b|lh")
    assert operation_title(right, "laparoscopic") == (
        "Laparoscopic right hepatectomy with portal vein thrombectomy and reconstruction"
    )
    assert operation_title(left, "laparoscopic") == "Laparoscopic left hepatectomy"
    assert operation_title(Operation.parse("S7,S8'"), "robotic") == "Robotic resection of S7, S8 (part)"


def test_what_is_shown_says_how_far_it_was_checked():
    described = describe_operation(Operation.parse("S2,S3|lls"))
    assert described.brisbane == "left lateral sectionectomy"
    assert described.brisbane_mark == "source not checked; other texts agree"
    assert describe_operation(Operation.parse("S5,S6,S7,S8")).brisbane_mark == ""
    unnamed = describe_operation(Operation.parse("S7,S8'"))
    assert (unnamed.brisbane, unnamed.brisbane_mark, unnamed.new_world) == ("unclassified", "", "H78'")


def test_every_clinical_word_has_words_for_the_reader():
    """A word added to the ground floor without a translation would fail on the page of the first case that has it."""
    assert set(enums.MODULES) == set(MODULES)
    assert set(enums.PHASES) == set(PHASES)
    steps = [step for part in MODULES.values() for step in part.steps]
    assert {code: str(words) for code, words in enums.STEPS.items()} == {step.code: step.name for step in steps}
    assert {code: str(words) for code, words in enums.GATES.items()} == {
        step.code: step.gate for step in steps if step.gate
    }
    names = {row.brisbane for row in TABLE} | {row.everyday for row in TABLE}
    assert {code: str(words) for code, words in enums.RESECTIONS.items()} == {name: name for name in names}
    assert (set(enums.SIZES), set(enums.STRUCTURES), set(enums.TREATMENTS)) == (
        set(SizeClass),
        set(Structure),
        set(Treatment),
    )
    assert (enums.Approach.values, enums.IcgUse.values) == (list(Approach), list(IcgUse))


def test_entering_a_case_keeps_it_compact_and_logs_it(bob, karin, lakeside):
    case = make_case(bob, lakeside, **{Role.ASSISTANT: karin})
    assert case.operation_text == ("S5,S6,S7,S8;PV:reconstructed|rh@1+pv-thrombectomy@1+pv-reconstruct@1")
    assert case.surgeon == bob
    assert [(role.role, role.person) for role in case.team.all()] == [("surgeon", bob), ("assistant", karin)]
    entry = LogEntry.objects.about(case).get()
    assert (entry.what, entry.who, entry.after["operation"]) == ("case.entered", bob, case.operation_text)


def test_a_case_needs_its_surgeon(bob, lakeside):
    with pytest.raises(CaseRefused, match=r"Name the operating surgeon\."):
        enter_case(
            hospital=lakeside,
            operated_on=date(2026, 1, 1),
            operation=Operation.parse("S2"),
            approach_intended="open",
            team={},
            acting_user=bob,
        )


def test_a_correction_keeps_what_was_said_before(case, bob, karin):
    changed = change_case(
        case,
        operated_on=date(2026, 5, 4),
        operation=Operation.parse("S2,S3|lls"),
        approach_intended="laparoscopic",
        approach_performed="open",
        icg_use="tumour",
        team={Role.SURGEON: karin},
        acting_user=bob,
    )
    assert (changed.operation.name.everyday, changed.approach, changed.surgeon) == (
        "left lateral sectionectomy",
        "open",
        karin,
    )
    entry = LogEntry.objects.about(case).last()
    assert (entry.before["operation"], entry.after["operation"]) == (case.operation_text, "S2,S3|lls@1")


def test_who_sees_a_case(case, alice, bob, chen, dina, eva, farid, grace):
    everyone = (alice, bob, chen, dina, eva, farid, grace)
    assert [person for person in everyone if Case.objects.visible_to(person).exists()] == [alice, bob, eva]


def test_a_member_of_the_team_sees_the_case_from_another_hospital(bob, farid, lakeside):
    make_case(bob, lakeside, **{Role.ASSISTANT: farid})
    assert Case.objects.visible_to(farid).count() == 1


@pytest.mark.parametrize(
    ("ticked", "operation"),
    [
        ({"modules": ["rh", "pv-reconstruct"]}, "S5,S6,S7,S8;PV:reconstructed|rh@1+pv-reconstruct@1"),
        ({"modules": ["rh"], "segments": ["S6", "S7"]}, "S6,S7|rh@1"),
        ({"segments": ["S7", "S8"], "partial": ["S8"]}, "S7,S8'"),
        ({"partial": ["S8"]}, "S8'"),
        ({"segments": ["S2"], "structure_MHV": "resected"}, "S2;MHV:resected"),
    ],
)
def test_ticks_become_an_operation_and_back(ticked, operation):
    form = OperationForm(ticked)
    assert form.is_valid()
    assert str(form.cleaned_data["operation"]) == operation
    again = OperationForm(OperationForm.initial_of(form.cleaned_data["operation"]))
    assert again.is_valid()
    assert str(again.cleaned_data["operation"]) == operation


@pytest.mark.parametrize("ticked", [{}, {"modules": ["wedge"]}, {"modules": ["pv-reconstruct"]}])
def test_an_operation_without_segments_is_asked_for_them(ticked):
    form = OperationForm(ticked)
    assert form.errors["segments"] == ["Tick the segments removed, or choose a resection that names them."]


def test_the_form_offers_only_hospitals_one_enters_for(bob, eva, lakeside, harbour):
    assert list(CaseForm(user=bob).fields["hospital"].queryset) == [lakeside]
    assert list(CaseForm(user=eva).fields["hospital"].queryset) == []


def test_the_derived_name_is_shown_while_ticking(client, bob):
    client.force_login(bob, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/cases/name/", {"modules": ["lh"]}).content.decode()
    assert "Left hepatectomy" in page
    assert "H234" in page
    assert "<html" not in page
    assert "the name follows from them" in client.get("/cases/name/").content.decode()


def test_the_case_page_is_honest_about_its_lives(client, case, bob):
    client.force_login(bob, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(case.get_absolute_url()).content.decode()
    assert "No consent to live transmission" in page
    assert page.count("Not part of this installation yet.") == 4


def test_a_list_of_many_cases_takes_no_more_queries_than_of_one(client, bob, lakeside, case):
    client.force_login(bob, backend="django.contrib.auth.backends.ModelBackend")
    with CaptureQueriesContext(connection) as few:
        client.get("/cases/")
    for _ in range(4):
        make_case(bob, lakeside)
    with CaptureQueriesContext(connection) as many:
        client.get("/cases/")
    assert len(many) == len(few)
