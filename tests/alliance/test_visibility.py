import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from glisson.alliance.models import Alliance, Appointment, Hospital, Invitation, Membership, Person
from tests.factories.personas import AppointmentFactory, HospitalFactory, MembershipFactory, PersonFactory

pytestmark = pytest.mark.django_db
EVERYONE = ("alice", "bob", "chen", "dina", "eva", "farid", "grace")


@pytest.fixture
def people(request):
    return {name: request.getfixturevalue(name) for name in EVERYONE}


def test_each_sees_the_own_alliance_and_nothing_of_the_other(people, northern, southern, island_hospital):
    dina = people.pop("dina")
    assert list(Alliance.objects.visible_to(dina)) == [southern]
    assert list(Hospital.objects.visible_to(dina)) == [island_hospital]
    assert list(Person.objects.visible_to(dina)) == [dina]
    for person in people.values():
        assert list(Alliance.objects.visible_to(person)) == [northern]
        assert set(Person.objects.visible_to(person)) == set(people.values())
        assert island_hospital not in Hospital.objects.visible_to(person)


def test_a_hospital_in_two_alliances_shows_each_only_its_own(people, southern, island_hospital, harbour, client):
    shared = MembershipFactory(alliance=southern, hospital=harbour)
    bob, dina = people["bob"], people["dina"]
    assert harbour in Hospital.objects.visible_to(dina)
    assert shared not in Membership.objects.visible_to(bob)
    client.force_login(bob, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("alliance:hospital", args=[harbour.code])).content.decode()
    assert "Northern Alliance" in page
    assert "Southern Circle" not in page


def test_an_office_in_another_alliance_is_not_shown(people, southern, client):
    AppointmentFactory(person=people["chen"], alliance=southern, role="faculty")
    client.force_login(people["bob"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("alliance:person", args=[people["chen"].code])).content.decode()
    assert "Harbour University Hospital" in page
    assert "Southern Circle" not in page


@pytest.mark.parametrize("model", [Alliance, Hospital, Person, Membership, Appointment, Invitation])
def test_nobody_signed_in_sees_nothing(model, people):
    assert not model.objects.visible_to(AnonymousUser()).exists()


def test_an_appointment_that_is_over_shows_nothing(people, island_hospital):
    past = PersonFactory()
    AppointmentFactory(person=past, hospital=island_hospital, ends_on="2021-01-01")
    assert not Alliance.objects.visible_to(past).exists()
    assert past not in Person.objects.visible_to(people["dina"])


@pytest.mark.parametrize(("name", "fixture"), [("alliance", "northern"), ("hospital", "harbour"), ("person", "chen")])
def test_pages_ask_the_database_equally_often_however_many_there_are(
    name, fixture, request, people, northern, harbour, client
):
    client.force_login(people["alice"], backend="django.contrib.auth.backends.ModelBackend")
    address = reverse(f"alliance:{name}", args=[request.getfixturevalue(fixture).code])
    client.get(address)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    before = queries()
    for _ in range(4):
        MembershipFactory(alliance=northern, hospital=HospitalFactory(), tier="observer")
        AppointmentFactory(hospital=harbour)
        AppointmentFactory(alliance=northern, role="faculty")
        AppointmentFactory(person=people["chen"], hospital=HospitalFactory())
    assert queries() == before
