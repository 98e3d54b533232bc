"""The demo: loaded twice it is there once, and a meeting is always on."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from glisson.alliance.models import Alliance, Person
from glisson.core.domain.log import verify_log
from glisson.meetings.models import Meeting
from glisson.streaming.roster import FeedEntry, split_key
from glisson.theatre.domain.live_case import close_live_case
from glisson.theatre.domain.queries.live_case import on_now
from glisson.theatre.models import Feed, LiveCase
from glisson.web.demo import demo_feed_urls, load_demo


@pytest.fixture
def loaded(db, live_process_away):
    return load_demo()


def test_a_meeting_is_on_with_two_feeds_whose_keys_the_rehearsal_gets(loaded):
    urls = demo_feed_urls()
    keys = [url.rpartition("/")[2] for url in urls]
    assert [Feed.objects.get(code=split_key(key)[0]).angle for key in keys] == ["laparoscope", "fluorescence"]
    for key in keys:
        code, secret = split_key(key)
        assert FeedEntry("group", key_sha256=(Feed.objects.get(code=code).key_sha256,)).accepts(secret)
    assert loaded.case.title == "Laparoscopic right hepatectomy with portal vein thrombectomy and reconstruction"


def test_a_second_start_adds_nothing(loaded):
    counts = [model.objects.count() for model in (Alliance, Person, Meeting, LiveCase, Feed)]
    assert load_demo() == loaded
    assert [model.objects.count() for model in (Alliance, Person, Meeting, LiveCase, Feed)] == counts
    assert list(verify_log()) == []


def test_when_a_visitor_closed_it_or_the_day_is_over_a_fresh_one_is_on(loaded):
    eva = Person.objects.get(email="eva@demo.example")
    close_live_case(loaded, acting_user=eva)
    second = load_demo()
    assert second != loaded
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        third = load_demo()
        assert third.session.starts_at <= timezone.now() < third.session.ends_at
        assert list(on_now(eva)) == [third]
        assert len(demo_feed_urls()) == 2


def test_dina_sees_nothing_of_it(loaded):
    dina = Person.objects.get(email="dina@demo.example")
    assert not Meeting.objects.visible_to(dina).exists()
    assert not LiveCase.objects.visible_to(dina).exists()


def test_everyone_in_it_is_invented_and_has_no_password(loaded):
    assert not Person.objects.exclude(invented=True).exists()
    assert not any(person.has_usable_password() for person in Person.objects.all())
