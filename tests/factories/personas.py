"""Alice, Bob, Chen, Dina, Eva, Farid and Grace, in invented hospitals.

Alice chairs the Northern Alliance and keeps its office · Bob operates at its chair hospital, where Eva is the theatre
technician · Chen is a trainee and Farid a surgeon at two of its member hospitals · Grace directs its broadcasts · Dina
operates in another alliance and must not learn that this one exists.
"""

from datetime import date

import factory
import pytest

from glisson.alliance.domain.invitation import invite
from glisson.alliance.enums import Role, Tier
from glisson.alliance.models import Alliance, Appointment, Hospital, Membership, Person

LONG_AGO = date(2020, 1, 1)


class PersonFactory(factory.django.DjangoModelFactory):
    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@example.org")

    class Meta:
        model = Person


class HospitalFactory(factory.django.DjangoModelFactory):
    name = factory.Sequence(lambda n: f"Hospital {n}")
    country = "CN"

    class Meta:
        model = Hospital


class AllianceFactory(factory.django.DjangoModelFactory):
    name = factory.Sequence(lambda n: f"Alliance {n}")

    class Meta:
        model = Alliance


class MembershipFactory(factory.django.DjangoModelFactory):
    alliance = factory.SubFactory(AllianceFactory)
    hospital = factory.SubFactory(HospitalFactory)
    tier = Tier.MEMBER
    starts_on = LONG_AGO

    class Meta:
        model = Membership


class AppointmentFactory(factory.django.DjangoModelFactory):
    person = factory.SubFactory(PersonFactory)
    role = Role.SURGEON
    starts_on = LONG_AGO

    class Meta:
        model = Appointment


def _person(name, role, **place):
    person = PersonFactory(name=name, email=f"{name.split()[0].lower()}@example.org")
    AppointmentFactory(person=person, role=role, **place)
    return person


@pytest.fixture
def northern(db):
    return AllianceFactory(name="Northern Alliance")


@pytest.fixture
def southern(db):
    return AllianceFactory(name="Southern Circle")


def _member(alliance, name, tier):
    hospital = HospitalFactory(name=name)
    MembershipFactory(alliance=alliance, hospital=hospital, tier=tier)
    return hospital


@pytest.fixture
def lakeside(northern):
    """The chair hospital."""
    return _member(northern, "Lakeside General Hospital", Tier.CHAIR)


@pytest.fixture
def harbour(northern):
    return _member(northern, "Harbour University Hospital", Tier.MEMBER)


@pytest.fixture
def riverbend(northern):
    return _member(northern, "Riverbend Provincial Hospital", Tier.MEMBER)


@pytest.fixture
def island_hospital(southern):
    return _member(southern, "Island Hospital", Tier.CHAIR)


@pytest.fixture
def alice(northern, lakeside):
    person = _person("Alice Marchetti", Role.CHAIR, alliance=northern)
    AppointmentFactory(person=person, role=Role.SURGEON, hospital=lakeside)
    return person


@pytest.fixture
def bob(lakeside):
    return _person("Bob Lindqvist", Role.SURGEON, hospital=lakeside)


@pytest.fixture
def chen(harbour):
    return _person("Chen Rui", Role.TRAINEE, hospital=harbour)


@pytest.fixture
def dina(island_hospital):
    return _person("Dina Haddad", Role.SURGEON, hospital=island_hospital)


@pytest.fixture
def eva(lakeside):
    return _person("Eva Novak", Role.TECHNICIAN, hospital=lakeside)


@pytest.fixture
def farid(riverbend):
    return _person("Farid Rahmonov", Role.SURGEON, hospital=riverbend)


@pytest.fixture
def grace(northern):
    return _person("Grace Okafor", Role.DIRECTOR, alliance=northern)


@pytest.fixture
def invitation(alice, harbour):
    """An open invitation to a member hospital; ``token`` is the secret of its link."""
    made, token = invite(
        email="hana@example.org", name="Hana Sato", role=Role.NURSE, hospital=harbour, acting_user=alice
    )
    made.token = token
    return made
