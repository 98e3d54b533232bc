import pytest
from django.core.exceptions import ValidationError

from glisson.alliance.domain.founding import found_with_office
from glisson.alliance.models import Alliance, Person
from glisson.core.models import LogEntry

pytestmark = pytest.mark.django_db
PASSWORD = "a quiet river in autumn"


def test_the_first_person_of_an_alliance_runs_its_office_and_can_sign_in(client):
    alliance, person = found_with_office(
        alliance="Northern Alliance", name="Alice", email="Alice@Hospital.example", password=PASSWORD
    )
    assert (alliance.name, person.email) == ("Northern Alliance", "alice@hospital.example")
    assert [str(one.role) for one in person.appointments.all()] == ["office"]
    assert list(LogEntry.objects.order_by("sequence").values_list("what", "who")) == [
        ("alliance.founded", None),
        ("person.joined", None),
        ("appointment.made", None),
    ]
    client.post("/accounts/login/", {"login": "alice@hospital.example", "password": PASSWORD})
    assert client.get(alliance.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(("email", "password"), [("alice@hospital.example", "short"), ("no address", PASSWORD)])
def test_what_cannot_be_founded_leaves_nothing_behind(email, password):
    with pytest.raises(ValidationError):
        found_with_office(alliance="Northern Alliance", name="Alice", email=email, password=password)
    assert (Alliance.objects.count(), Person.objects.count()) == (0, 0)
