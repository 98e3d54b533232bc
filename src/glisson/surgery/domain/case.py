"""Entering and changing a case."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from glisson.alliance.models import Hospital, Person
from glisson.clinical import Operation
from glisson.core.domain.log import log
from glisson.surgery.enums import Approach, IcgUse, Role
from glisson.surgery.models import Case, TeamRole


class CaseRefused(Exception):
    """The reason is worded for the person who enters the case."""


@transaction.atomic
def enter_case(
    *,
    hospital: Hospital,
    operated_on: date,
    operation: Operation,
    approach_intended: str,
    team: Mapping[str, Person],
    acting_user: Person,
    approach_performed: str = "",
    icg_use: str = IcgUse.NONE,
) -> Case:
    """Enter an operation once, with its surgeon; everything else about it hangs on this case."""
    _check_team(team)
    case = Case.objects.create(
        hospital=hospital,
        operated_on=operated_on,
        operation_text=str(operation),
        approach_intended=Approach(approach_intended),
        approach_performed=approach_performed and Approach(approach_performed),
        icg_use=IcgUse(icg_use),
    )
    _set_team(case, team)
    log(case, "case.entered", acting_user=acting_user, after=_state(case))
    return case


@transaction.atomic
def change_case(
    case: Case,
    *,
    operated_on: date,
    operation: Operation,
    approach_intended: str,
    approach_performed: str,
    icg_use: str,
    team: Mapping[str, Person],
    acting_user: Person,
) -> Case:
    """Correct a case; what it said before stays in the log."""
    _check_team(team)
    case = Case.objects.select_for_update().get(pk=case.pk)
    before = _state(case)
    case.operated_on = operated_on
    case.operation_text = str(operation)
    case.approach_intended = Approach(approach_intended)
    case.approach_performed = approach_performed and Approach(approach_performed)
    case.icg_use = IcgUse(icg_use)
    case.save(update_fields=["operated_on", "operation_text", "approach_intended", "approach_performed", "icg_use"])
    _set_team(case, team)
    log(case, "case.changed", acting_user=acting_user, before=before, after=_state(case))
    return Case.objects.get(pk=case.pk)


def _check_team(team: Mapping[str, Person]) -> None:
    if Role.SURGEON not in team:
        raise CaseRefused(_("Name the operating surgeon."))


def _set_team(case: Case, team: Mapping[str, Person]) -> None:
    case.team.all().delete()
    TeamRole.objects.bulk_create(
        TeamRole(case=case, person=team[role.value], role=role) for role in Role if role.value in team
    )


def _state(case: Case) -> dict[str, object]:
    return {
        "hospital": case.hospital.code,
        "operated_on": case.operated_on.isoformat(),
        "operation": case.operation_text,
        "approach_intended": str(case.approach_intended),
        "approach_performed": str(case.approach_performed),
        "icg_use": str(case.icg_use),
        "team": {role.role: role.person_id for role in case.team.order_by("role")},
    }
