from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from glisson.core.models import LogEntry
from glisson.surgery.domain.consent import ConsentRefused, record_consent, withdraw_consent
from glisson.surgery.enums import Scope
from glisson.surgery.models import Case, Consent
from tests.factories.theatre import make_consent


def fresh(case):
    return Case.objects.get(pk=case.pk)


def test_a_consent_covers_its_scopes_from_signing_to_its_end(case):
    now = timezone.now()
    make_consent(case, Scope.LIVE, Scope.TEACH, signed_at=now - timedelta(days=2), expires_at=now + timedelta(days=2))
    scopes = {days: fresh(case).consent_scopes(now + timedelta(days=days)) for days in (-3, 0, 3)}
    assert scopes == {-3: [], 0: [Scope.LIVE, Scope.TEACH], 3: []}


@pytest.mark.parametrize("days", [-3, 0, 3])
def test_the_database_and_the_row_agree(case, days):
    now = timezone.now()
    consent = make_consent(case, signed_at=now - timedelta(days=2), expires_at=now + timedelta(days=2))
    at = now + timedelta(days=days)
    assert Consent.objects.in_force(Scope.LIVE, at).exists() == consent.is_in_force(at) == (days == 0)
    assert not Consent.objects.in_force(Scope.RESEARCH, at).exists()


def test_a_second_consent_widens_the_first(case):
    make_consent(case, Scope.LIVE)
    make_consent(case, Scope.RESEARCH)
    assert fresh(case).consent_scopes() == [Scope.LIVE, Scope.RESEARCH]


def test_withdrawal_counts_from_its_moment_and_is_never_undone(case, consent, bob):
    before = timezone.now()
    withdrawn = withdraw_consent(consent, acting_user=bob)
    assert fresh(case).consent_scopes() == []
    assert fresh(case).consent_scopes(before) == [Scope.LIVE, Scope.RECORD, Scope.TEACH]
    assert withdraw_consent(consent, acting_user=bob).withdrawn_at == withdrawn.withdrawn_at
    assert [entry.what for entry in LogEntry.objects.about(case)] == [
        "case.entered",
        "consent.recorded",
        "consent.withdrawn",
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"scopes": []}, "Tick at least one thing the patient agreed to."),
        (
            {"document": " "},
            "Say where the signed paper is kept, for example the hospital's file number of it.",
        ),
        (
            {"signed_at": timezone.now() + timedelta(days=9)},
            "The consent is dated in the future. Enter the moment it was signed.",
        ),
        (
            {"expires_at": timezone.now() - timedelta(days=9)},
            "The consent would end before it was signed. Check the two dates.",
        ),
    ],
)
def test_what_is_no_consent_is_refused_with_a_sentence(case, bob, change, sentence):
    values = {"scopes": [Scope.LIVE], "document": "Folder 7", "signed_at": timezone.now() - timedelta(days=1)}
    with pytest.raises(ConsentRefused) as refusal:
        record_consent(case, acting_user=bob, **(values | change))
    assert str(refusal.value) == sentence
    assert not Consent.objects.exists()


def test_the_database_refuses_a_consent_to_nothing(case, bob):
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(case=case, document="Folder 7", signed_at=timezone.now(), recorded_by=bob)


def test_who_sees_it_is_who_sees_its_case(consent, alice, bob, dina, eva, farid):
    seen = [person for person in (alice, bob, dina, eva, farid) if Consent.objects.visible_to(person).exists()]
    assert seen == [alice, bob, eva]
