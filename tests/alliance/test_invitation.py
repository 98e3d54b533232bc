from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from glisson.alliance.domain.invitation import InvitationRefused, invite, join_by_invitation, withdraw_invitation
from glisson.alliance.models import Invitation, Person
from glisson.core.models import LogEntry

pytestmark = pytest.mark.django_db
GOOD = {"name": "Hana Sato", "password": "a-quiet-theatre-at-dawn"}


def page(token):
    return reverse("alliance:invitation", args=[token])


def opened(token, person=None, **data):
    client = Client()
    if person:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client.post(page(token), data) if data else client.get(page(token))


def test_the_office_invites_and_the_letter_holds_the_link(client, alice, northern):
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    data = {"name": "Hana Sato", "email": "Hana@Example.org", "role": "faculty", "language": "en"}
    answer = client.post(reverse("alliance:invite_to_alliance", args=[northern.code]), data)
    assert answer.status_code == 200
    letter = mail.outbox[0]
    assert letter.to == ["hana@example.org"]
    link = answer.context["link"]
    assert link in letter.body
    token = link.rstrip("/").rsplit("/", 1)[1]
    assert not Invitation.objects.filter(token_hash__contains=token).exists()
    assert opened(token).status_code == 200


def test_looking_does_not_use_it_up_and_joining_does(invitation):
    for _ in range(3):
        assert opened(invitation.token).status_code == 200
    assert opened(invitation.token, **GOOD).status_code == 302
    hana = Person.objects.get(email="hana@example.org")
    assert hana.appointments.get().hospital == invitation.hospital
    assert hana.emailaddress_set.get().verified
    assert hana.password.startswith("md5$")
    assert LogEntry.objects.filter(what="invitation.accepted", who=hana).exists()


def test_a_used_link_says_so(invitation):
    opened(invitation.token, **GOOD)
    answer = opened(invitation.token, **GOOD | {"name": "Someone Else"})
    assert answer.status_code == 410
    assert b"was used already" in answer.content
    assert Person.objects.filter(email="hana@example.org").count() == 1


def test_of_two_at_the_same_moment_one_joins(invitation):
    read_before = Invitation.objects.get(pk=invitation.pk)
    join_by_invitation(invitation, **GOOD)
    with pytest.raises(InvitationRefused):
        join_by_invitation(read_before, **GOOD)


def test_an_expired_link_says_whom_to_ask(invitation):
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        answer = opened(invitation.token, **GOOD)
    assert answer.status_code == 410
    assert b"Ask Alice Marchetti for a new one" in answer.content
    assert not Person.objects.filter(email="hana@example.org").exists()


def test_a_withdrawn_link_says_so(invitation, alice):
    withdraw_invitation(invitation, acting_user=alice)
    assert opened(invitation.token, **GOOD).status_code == 410


def test_a_forwarded_link_is_of_no_use_to_someone_signed_in(invitation, dina):
    for answer in (opened(invitation.token, dina), opened(invitation.token, dina, **GOOD)):
        assert answer.status_code == 403
        assert b"written to someone else" in answer.content
    assert dina.appointments.count() == 1


def test_a_broken_link_explains_itself():
    answer = opened("no-such-token")
    assert answer.status_code == 404
    assert b"Copy the whole link" in answer.content


def test_someone_with_an_account_signs_in_and_accepts(alice, northern, bob):
    _, token = invite(email=bob.email, name="Bob", role="faculty", alliance=northern, acting_user=alice)
    assert b"Sign in, and this page asks you" in opened(token).content
    assert opened(token, bob).status_code == 200
    assert opened(token, bob, accept="1").status_code == 302
    assert bob.appointments.filter(alliance=northern, role="faculty").exists()


def test_a_second_invitation_replaces_the_first(alice, harbour, invitation):
    _, token = invite(email="hana@example.org", name="Hana", role="surgeon", hospital=harbour, acting_user=alice)
    assert opened(invitation.token).status_code == 410
    assert opened(token).status_code == 200


def test_nobody_is_invited_to_what_they_are(alice, harbour, chen):
    with pytest.raises(ValidationError, match="already holds this role"):
        invite(email=chen.email, name="Chen", role="trainee", hospital=harbour, acting_user=alice)


@pytest.mark.parametrize("password", ["short", "1234567890", "hana@example.org", "password123"])
def test_a_weak_password_is_refused_and_the_link_still_works(invitation, password):
    answer = opened(invitation.token, name="Hana", password=password)
    assert answer.status_code == 422
    assert opened(invitation.token, **GOOD).status_code == 302


def test_a_mail_server_that_is_away_leaves_the_link_to_hand_over(client, alice, northern, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    data = {"name": "Hana", "email": "hana@example.org", "role": "faculty", "language": "en"}
    answer = client.post(reverse("alliance:invite_to_alliance", args=[northern.code]), data)
    assert b"did not take the letter" in answer.content
    assert Invitation.objects.open().count() == 1
