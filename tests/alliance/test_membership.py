from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from glisson.alliance.domain.membership import add_membership, change_tier, end_membership
from glisson.alliance.models import Membership
from glisson.core.domain.log import verify_log
from tests.factories.personas import HospitalFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def hilltop():
    return HospitalFactory(name="Hilltop")


def term(hospital, alliance, starts_on, ends_on=None, tier="member"):
    return Membership(hospital=hospital, alliance=alliance, tier=tier, starts_on=starts_on, ends_on=ends_on)


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        (date(2024, 1, 1), date(2024, 6, 30)),
        (date(2023, 1, 1), date(2024, 1, 1)),
        (date(2024, 6, 30), None),
        (date(2024, 2, 1), date(2024, 2, 2)),
        (date(2020, 1, 1), None),
    ],
)
def test_the_database_itself_refuses_overlapping_terms(hilltop, northern, starts_on, ends_on):
    term(hilltop, northern, date(2024, 1, 1), date(2024, 6, 30)).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        term(hilltop, northern, starts_on, ends_on).save()
    assert Membership.objects.filter(hospital=hilltop).count() == 1


def test_terms_may_follow_each_other_and_differ_by_alliance(hilltop, northern, southern):
    term(hilltop, northern, date(2024, 1, 1), date(2024, 6, 30)).save()
    term(hilltop, northern, date(2024, 7, 1)).save()
    term(hilltop, northern, date(2023, 1, 1), date(2023, 12, 31)).save()
    term(hilltop, southern, date(2024, 1, 1)).save()
    assert Membership.objects.filter(hospital=hilltop).count() == 4


def test_moving_a_term_over_another_is_refused_by_the_database(hilltop, northern):
    term(hilltop, northern, date(2024, 1, 1), date(2024, 6, 30)).save()
    later = term(hilltop, northern, date(2024, 7, 1))
    later.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=later.pk).update(starts_on=date(2024, 6, 30))


def test_a_term_that_ends_before_it_begins_is_refused_by_the_database(hilltop, northern):
    with pytest.raises(IntegrityError), transaction.atomic():
        term(hilltop, northern, date(2024, 1, 2), date(2024, 1, 1)).save()


def test_the_verb_refuses_in_words(hilltop, northern, alice):
    add_membership(hilltop, northern, tier="member", starts_on=date(2024, 1, 1), acting_user=alice)
    with pytest.raises(ValidationError, match="already has a term in this alliance"):
        add_membership(hilltop, northern, tier="observer", starts_on=date(2025, 1, 1), acting_user=alice)


def test_a_new_tier_follows_the_old_one_without_a_gap(hilltop, northern, alice):
    first = add_membership(hilltop, northern, tier="member", starts_on=date(2024, 1, 1), acting_user=alice)
    second = change_tier(first, tier="vice_chair", starts_on=date(2025, 3, 1), acting_user=alice)
    first.refresh_from_db()
    assert (first.ends_on, second.starts_on, second.ends_on) == (date(2025, 2, 28), date(2025, 3, 1), None)
    assert list(verify_log()) == []


def test_a_tier_that_cannot_be_changed_leaves_everything_as_it_was(hilltop, northern, alice):
    first = add_membership(hilltop, northern, tier="member", starts_on=date(2024, 1, 1), acting_user=alice)
    for changes in (
        {"tier": "member", "starts_on": date(2025, 1, 1)},
        {"tier": "chair", "starts_on": date(2024, 1, 1)},
    ):
        with pytest.raises(ValidationError):
            change_tier(first, acting_user=alice, **changes)
    first.refresh_from_db()
    assert first.ends_on is None


def test_with_the_membership_ends_what_its_people_see(harbour, northern, chen, alice):
    end_membership(harbour.memberships.get(), ends_on=date(2025, 1, 1), acting_user=alice)
    assert list(chen.alliances()) == []
    assert list(chen.hospitals_seen()) == [harbour]
