"""A right is a role, times the tier of the hospital, times what the object is."""

import rules

ALLIANCE_OFFICE = ["chair", "office"]
HOSPITAL_OFFICE = ["coordinator"]


@rules.predicate
def is_alliance_office(person, alliance):
    """The chair and the office of this alliance."""
    return (
        alliance is not None
        and person.appointments.current().filter(alliance=alliance, role__in=ALLIANCE_OFFICE).exists()
    )


@rules.predicate
def is_office_over_hospital(person, hospital):
    """The chair and the office of an alliance that this hospital belongs to now."""
    return (
        hospital is not None
        and person.appointments.current()
        .filter(alliance__in=hospital.memberships.current().values("alliance"), role__in=ALLIANCE_OFFICE)
        .exists()
    )


@rules.predicate
def is_hospital_coordinator(person, hospital):
    return (
        hospital is not None
        and person.appointments.current().filter(hospital=hospital, role__in=HOSPITAL_OFFICE).exists()
    )


@rules.predicate
def is_self(person, other):
    return other is not None and person.pk == other.pk


rules.add_perm("alliance.manage_alliance", is_alliance_office)
rules.add_perm("alliance.manage_hospital", is_office_over_hospital | is_hospital_coordinator)
rules.add_perm("alliance.edit_person", is_self)


@rules.predicate
def may_manage_membership(person, membership):
    return membership is not None and is_alliance_office(person, membership.alliance)


@rules.predicate
def may_manage_place(person, thing):
    """An appointment or an invitation belongs to those who run its place."""
    if thing is None:
        return False
    if thing.alliance_id:
        return is_alliance_office(person, thing.alliance)
    return is_office_over_hospital(person, thing.hospital) or is_hospital_coordinator(person, thing.hospital)


rules.add_perm("alliance.manage_membership", may_manage_membership)
rules.add_perm("alliance.manage_appointment", may_manage_place)
rules.add_perm("alliance.manage_invitation", may_manage_place)
