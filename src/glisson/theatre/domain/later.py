"""What verbs leave for the worker. It stands among the verbs, since they ask for it; the worker finds it by `tasks`."""

import time
from datetime import timedelta

from django.db import close_old_connections
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from glisson.core.jobs import Progress, job, queue
from glisson.theatre.domain.recording import RecordingUnfinished, register_recording
from glisson.theatre.domain.roster import claim_retry, end_retry, push_roster
from glisson.theatre.models import Feed

AGAIN_SECONDS = 2

PATIENCE = 10.0
"""Seconds within which a recording is normally finished; after that the job is tried again later."""


@job(title=_("Prepare the replay"))
def prepare_replay(progress: Progress, feed_code: str) -> None:
    """Register what was recorded of a closed feed; its last part is on disk within moments of the closing."""
    feed = Feed.objects.select_related("live_case").get(code=feed_code)
    patience = time.monotonic() + PATIENCE
    while True:
        try:
            register_recording(feed)
        except RecordingUnfinished:
            if time.monotonic() > patience:
                raise
            time.sleep(0.5)
        else:
            return


@queue.task(name="theatre.retry_roster")  # type: ignore[no-untyped-call, untyped-decorator]
def retry_roster() -> None:
    """As long as the live process is away, try every few seconds."""
    close_old_connections()
    try:
        end_retry()
        if push_roster().silent_since is not None:
            retry_soon()
    finally:
        close_old_connections()


def retry_soon() -> None:
    """Have the worker try again; however many ask, it tries once."""
    if claim_retry(timezone.now() + timedelta(seconds=AGAIN_SECONDS)):
        retry_roster.schedule(delay=AGAIN_SECONDS)
