"""Who may do what with a case."""

import rules

from glisson.alliance.enums import Role as Post
from glisson.alliance.rules import is_hospital_coordinator, is_office_over_hospital
from glisson.surgery.enums import Role

ENTERING_POSTS = [Post.SURGEON, Post.COORDINATOR]


@rules.predicate
def enters_for_hospital(person, hospital):
    """The surgeons and the coordinator of a hospital."""
    return (
        hospital is not None
        and person.appointments.current().filter(hospital=hospital, role__in=ENTERING_POSTS).exists()
    )


@rules.predicate
def enters_for_some_hospital(person, _nothing=None):
    """Surgeons and coordinators, wherever they work."""
    return person.appointments.current().filter(hospital__isnull=False, role__in=ENTERING_POSTS).exists()


@rules.predicate
def is_operating_surgeon(person, case):
    """The surgeon named on the case."""
    return case is not None and case.team.filter(person=person, role=Role.SURGEON).exists()


@rules.predicate
def coordinates_case(person, case):
    """The coordinator of the case's hospital."""
    return case is not None and is_hospital_coordinator(person, case.hospital)


@rules.predicate
def runs_alliance_of_case(person, case):
    """The chair or office of an alliance the case's hospital belongs to."""
    return case is not None and is_office_over_hospital(person, case.hospital)


@rules.predicate
def may_withdraw(person, consent):
    """The operating surgeon, the hospital's coordinator, the alliance's office: whoever the patient tells first."""
    return consent is not None and (is_operating_surgeon | coordinates_case | runs_alliance_of_case)(
        person, consent.case
    )


rules.add_perm("surgery.enter_case", enters_for_some_hospital)
rules.add_perm("surgery.enter_case_for", enters_for_hospital)
rules.add_perm("surgery.change_case", is_operating_surgeon | coordinates_case)
rules.add_perm("surgery.record_consent", is_operating_surgeon | coordinates_case)
rules.add_perm("surgery.withdraw_consent", may_withdraw)
