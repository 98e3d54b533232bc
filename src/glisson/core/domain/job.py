from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import F
from django.utils import timezone

from glisson.core.domain.events import publish
from glisson.core.enums import JobState
from glisson.core.models import Job


def open_job(task: str, *, title: str, acting_user: AbstractBaseUser | None) -> Job:
    """Write down that work was asked for."""
    return Job.objects.create(task=task, title=title, asked_by_id=acting_user.pk if acting_user else None)


def start_job(code: str) -> bool:
    """False when the work was done already: a task that is delivered twice does nothing the second time."""
    started = (
        Job.objects.filter(code=code)
        .exclude(state=JobState.DONE)
        .update(state=JobState.RUNNING, started_at=timezone.now(), attempts=F("attempts") + 1, trouble="")
    )
    if started:
        _tell(code)
    return bool(started)


def advance_job(code: str, *, done: int, total: int) -> None:
    Job.objects.filter(code=code).update(done=min(done, total), total=total)
    _tell(code)


def end_job(code: str) -> None:
    Job.objects.filter(code=code).update(state=JobState.DONE, ended_at=timezone.now(), done=F("total"))
    _tell(code)


def fail_job(code: str, trouble: str, *, final: bool) -> None:
    """The work failed; unless this was the last attempt it waits to be tried again."""
    state = JobState.FAILED if final else JobState.WAITING
    Job.objects.filter(code=code).update(
        state=state, ended_at=timezone.now() if final else None, trouble=trouble[:500] or "It stopped without a word."
    )
    _tell(code)


def _tell(code: str) -> None:
    job = Job.objects.get(code=code)
    publish(
        f"job:{code}", "progress", {"state": job.state, "done": job.done, "total": job.total, "trouble": job.trouble}
    )
