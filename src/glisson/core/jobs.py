"""Work in the background: Huey on a SQLite file, or on Redis when it is configured.

A task fetches by code and calls one verb; it is idempotent, since it is tried again after a failure or a restart.

    @job(title=_("Prepare the replay"))
    def prepare_replay(progress, case_code): ...

    prepare_replay.ask(case.code, acting_user=person)   # runs once the transaction is committed
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction
from huey import RedisHuey, SqliteHuey, crontab
from huey.exceptions import CancelExecution

from glisson.core.config import config
from glisson.core.connections import give_back

logger = logging.getLogger(__name__)

RETRIES = 3
RETRY_SECONDS = 20


def _queue() -> SqliteHuey | RedisHuey:
    made = config()
    if made.redis_url:
        return RedisHuey("glisson", url=made.redis_url, results=False)
    made.data.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("glisson", filename=str(made.jobs_file), results=False, fsync=True, timeout=20)


queue = _queue()


class Progress:
    """Given to a task as its first argument: says how far it is."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __call__(self, done: int, total: int) -> None:
        from glisson.core.domain.job import advance_job  # noqa: PLC0415 - tasks are declared before models are ready

        advance_job(self.code, done=done, total=total)


class Task:
    """A declared piece of background work."""

    def __init__(self, function: Callable[..., None], title: Any, retries: int) -> None:
        functools.update_wrapper(self, function)
        self.function, self.title, self.retries = function, title, retries
        self.name = f"{function.__module__.removeprefix('glisson.').removesuffix('.tasks')}.{function.__name__}"
        self._run = queue.task(retries=retries, retry_delay=RETRY_SECONDS, name=self.name, context=True)(self._perform)

    def ask(self, *arguments: str | int, acting_user: Any, title: str = "") -> Any:
        """Put the work in the queue when the transaction is committed; returns its ``Job``."""
        from glisson.core.domain.job import open_job  # noqa: PLC0415 - tasks are declared before models are ready

        job = open_job(self.name, title=title or str(self.title), acting_user=acting_user)
        transaction.on_commit(lambda: self._run(job.code, *arguments))
        return job

    def _perform(self, code: str, *arguments: Any, task: Any = None) -> None:
        from glisson.core.domain.job import end_job, fail_job, start_job  # noqa: PLC0415 - as above

        give_back()
        try:
            if not start_job(code):
                raise CancelExecution(retry=False)
            try:
                self.function(Progress(code), *arguments)
            except Exception as trouble:
                fail_job(code, str(trouble), final=not (task and task.retries))
                raise
            end_job(code)
        finally:
            give_back()


def job(*, title: Any, retries: int = RETRIES) -> Callable[[Callable[..., None]], Task]:
    """Declare a task; it lives in an app's ``tasks`` module, which the worker finds by itself."""

    def declare(function: Callable[..., None]) -> Task:
        return Task(function, title, retries)

    return declare


def every(**when: str) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Run a function regularly in the worker (``minute="*/5"``, ``hour="3"``)."""

    def declare(function: Callable[[], object]) -> Callable[[], object]:
        @functools.wraps(function)
        def run() -> None:
            give_back()
            try:
                function()
            finally:
                give_back()

        queue.periodic_task(crontab(**when), name=f"{function.__module__}.{function.__name__}")(run)
        return function

    return declare


def run_worker(*, workers: int = 2) -> None:
    """Perform the queue's tasks until told to stop; the process that calls this does nothing else."""
    from django.utils.module_loading import autodiscover_modules  # noqa: PLC0415 - needs the apps

    autodiscover_modules("tasks")
    queue.create_consumer(workers=workers, worker_type="thread", check_worker_health=True).run()
