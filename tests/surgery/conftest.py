import pytest

from glisson.alliance.enums import Role
from tests.factories.personas import AppointmentFactory, PersonFactory


@pytest.fixture
def karin(lakeside):
    """A second surgeon of Bob's hospital."""
    person = PersonFactory(name="Karin Holm", email="karin@example.org")
    AppointmentFactory(person=person, role=Role.SURGEON, hospital=lakeside)
    return person
