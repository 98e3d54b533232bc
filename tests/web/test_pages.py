import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from glisson.alliance.models import Person
from glisson.core.models import LogEntry

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def alices(client, alice):
    client.force_login(alice, backend=BACKEND)
    return client


def policy(answer):
    return dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))


def test_no_page_may_run_what_is_written_into_it(client):
    answer = client.get(reverse("account_login"))
    rules = policy(answer)
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert "ws://127.0.0.1:8001" in rules["connect-src"]
    assert "http://localhost:8001" in rules["media-src"]
    assert "blob:" in rules["media-src"]
    assert b"<style" not in answer.content
    assert b" style=" not in answer.content
    assert b" onclick=" not in answer.content


def test_every_page_carries_the_usual_shields(client):
    answer = client.get(reverse("account_login"))
    assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer.cookies[settings.CSRF_COOKIE_NAME]["httponly"]


def test_the_theme_is_in_the_first_byte_of_the_page(alices, alice):
    assert b'data-theme=""' in alices.get("/").content
    answer = alices.post(reverse("switch_theme"), {"theme": "dark", "next": "/alliances/"})
    assert answer["Location"] == "/alliances/"
    assert b'data-theme="dark"' in alices.get("/").content
    assert Person.objects.get(pk=alice.pk).theme == "dark"
    other = Client()
    other.force_login(alice, backend=BACKEND)
    assert b'data-theme="dark"' in other.get("/").content


def test_a_switch_never_leads_to_another_site(client):
    answer = client.post(reverse("switch_theme"), {"theme": "dark", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"
    assert "glisson_theme" not in client.post(reverse("switch_theme"), {"theme": "<script>"}).cookies


def test_the_language_turns_the_page(alices):
    alices.post(reverse("switch_language"), {"language": "ar"})
    assert b'lang="ar" dir="rtl"' in alices.get("/").content
    alices.post(reverse("switch_language"), {"language": "zh-hans"})
    assert b'lang="zh-hans" dir="ltr"' in alices.get("/").content


def test_names_are_shown_in_the_readers_script(alices, lakeside):
    lakeside.names = {"zh-hans": "湖滨总医院"}
    lakeside.save()
    address = lakeside.get_absolute_url()
    assert "<h1>Lakeside General Hospital</h1>" in alices.get(address).content.decode()
    alices.post(reverse("switch_language"), {"language": "zh-hans"})
    assert "<h1>湖滨总医院</h1>" in alices.get(address).content.decode()


def test_markup_in_a_name_stays_a_name(alices, lakeside):
    lakeside.name = "<script>alert(1)</script>"
    lakeside.save()
    page = alices.get(lakeside.get_absolute_url()).content
    assert b"<script>alert" not in page
    assert b"&lt;script&gt;alert(1)" in page


@override_settings(DEMO=True)
def test_the_demo_signs_in_with_one_click_and_says_so_on_every_page(client, bob):
    Person.objects.filter(pk=bob.pk).update(invented=True)
    assert b"Demo: invented people and hospitals." in client.get(reverse("demo_sign_in")).content
    assert client.post(reverse("demo_sign_in"), {"person": bob.code}).status_code == 302
    page = client.get("/").content
    assert b"Bob Lindqvist" in page
    assert b"Demo: invented people and hospitals." in page


def test_without_demo_mode_an_invented_person_cannot_be_signed_in_as(client, bob):
    Person.objects.filter(pk=bob.pk).update(invented=True)
    assert client.post(reverse("demo_sign_in"), {"person": bob.code}).status_code == 404
    assert client.get("/").status_code == 302
    assert b"Demo:" not in client.get(reverse("account_login")).content


def test_nobody_signs_up_without_an_invitation(client):
    data = {"email": "new@example.org", "password1": "a-quiet-theatre", "password2": "a-quiet-theatre"}
    answer = client.post(reverse("account_signup"), data)
    assert b"Accounts are made by invitation" in answer.content
    assert not Person.objects.filter(email="new@example.org").exists()


def test_signing_in_with_a_password_and_the_wrong_one_too_often(client, bob):
    bob.set_password("a-quiet-theatre-at-dawn")
    bob.save()
    address = reverse("account_login")
    wrong = [client.post(address, {"login": bob.email, "password": "wrong"}).content for _ in range(7)]
    assert b"Too many failed" in wrong[-1]
    right = client.post(address, {"login": bob.email, "password": "a-quiet-theatre-at-dawn"})
    assert right.status_code == 200


def test_signing_in_with_a_password(client, bob):
    bob.set_password("a-quiet-theatre-at-dawn")
    bob.save()
    answer = client.post(reverse("account_login"), {"login": "BOB@example.org", "password": "a-quiet-theatre-at-dawn"})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_passwords_are_kept_as_argon2():
    assert settings.PASSWORD_HASHERS  # the tests' own are quick; the product's are read from its settings
    from importlib import import_module

    product = import_module("glisson.web.settings")
    assert product.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


def test_errors_speak_plainly(alices):
    answer = alices.get("/alliances/NOWHERE/")
    assert answer.status_code == 404
    assert b"There is nothing here for you" in answer.content
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(reverse("switch_theme"), {"theme": "dark"})
    assert answer.status_code == 403
    assert b"Please load the page again" in answer.content


def test_a_broken_page_says_that_pictures_go_on(client, monkeypatch, alice):
    client.raise_request_exception = False
    client.force_login(alice, backend=BACKEND)
    monkeypatch.setattr("glisson.web.views.today.waiting_for", lambda person: 1 / 0)
    answer = client.get("/")
    assert answer.status_code == 500
    assert b"Pictures that are on air go on" in answer.content


def test_what_the_office_does_is_logged(alices, alice, northern):
    data = {
        "name": "Hilltop Hospital",
        "country": "UZ",
        "time_zone": "Asia/Tashkent",
        "tier": "member",
        "starts_on": "2026-01-01",
        "name_zh-hans": "山顶医院",
    }
    answer = alices.post(reverse("alliance:add_hospital", args=[northern.code]), data)
    hospital = northern.hospitals.get(name="Hilltop Hospital")
    assert answer["Location"] == hospital.get_absolute_url()
    assert hospital.names == {"zh-hans": "山顶医院"}
    assert list(LogEntry.objects.values_list("what", "who")) == [
        ("hospital.added", alice.pk),
        ("membership.began", alice.pk),
    ]


def test_a_form_with_a_mistake_says_where(alices, northern):
    answer = alices.post(reverse("alliance:add_hospital", args=[northern.code]), {"name": "X", "ror": "nonsense!"})
    assert answer.status_code == 422
    assert b"errorlist" in answer.content


def test_my_page_keeps_my_choices(alices, alice):
    data = {
        "name": "Alice M.",
        "name_zh-hans": "艾丽斯",
        "speaks": ["en", "fr"],
        "language": "ar",
        "theme": "dark",
        "time_zone": "Europe/Paris",
        "orcid": "0000-0002-1825-0097",
    }
    answer = alices.post(reverse("alliance:edit_person", args=[alice.code]), data)
    assert answer.status_code == 302
    assert (answer.cookies["glisson_theme"].value, answer.cookies["glisson_language"].value) == ("dark", "ar")
    alice.refresh_from_db()
    assert (alice.name, alice.names, alice.speaks) == ("Alice M.", {"zh-hans": "艾丽斯"}, ["en", "fr"])


def test_healthz_answers_without_a_session(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert client.get("/healthz").json() == {"web": "ok", "database": "ok"}
