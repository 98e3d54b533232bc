import pytest
from django.contrib.auth.models import AnonymousUser

from glisson.core.channels import may_listen
from glisson.core.domain.job import start_job
from glisson.core.jobs import job, queue
from glisson.core.models import Job, LiveEvent


@pytest.fixture(autouse=True)
def at_once():
    queue.immediate = True
    yield
    queue.immediate = False


@job(title="Count to three")
def count(progress, upto):
    for done in range(1, upto + 1):
        progress(done, upto)


@job(title="Fail", retries=0)
def fail(progress):
    raise ValueError("The disk is full.")


@pytest.mark.django_db
def test_a_task_runs_after_the_commit_and_tells_how_far_it_is(bob, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        asked = count.ask(3, acting_user=bob)
        assert Job.objects.get().state == "waiting"
    done = Job.objects.get(code=asked.code)
    assert (done.state, done.done, done.total, done.attempts, done.asked_by) == ("done", 3, 3, 1, bob)
    told = [event.data["done"] for event in LiveEvent.objects.filter(channel=f"job:{asked.code}")]
    assert told == [0, 1, 2, 3, 3]


@pytest.mark.django_db
def test_a_failure_is_kept_in_words(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        asked = fail.ask(acting_user=None)
    failed = Job.objects.get(code=asked.code)
    assert (failed.state, failed.trouble) == ("failed", "The disk is full.")


@pytest.mark.django_db
def test_a_task_delivered_twice_runs_once(bob, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        asked = count.ask(1, acting_user=bob)
    assert start_job(asked.code) is False


@pytest.mark.django_db
def test_only_who_asked_may_follow(bob, chen):
    asked = count.ask(1, acting_user=bob)
    assert may_listen(bob, f"job:{asked.code}")
    assert not may_listen(chen, f"job:{asked.code}")
    assert not may_listen(AnonymousUser(), f"job:{asked.code}")
