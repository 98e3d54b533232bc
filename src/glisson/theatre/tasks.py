"""What the worker does for the theatre: fetch by id, call one verb."""

from datetime import timedelta

from django.db import close_old_connections
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from glisson.core.jobs import every, job, queue
from glisson.theatre.domain.recording import register_missing_recordings, register_recording
from glisson.theatre.domain.roster import claim_retry, end_retry, push_roster, reconcile_roster
from glisson.theatre.models import Feed

AGAIN_SECONDS = 2


@job(title=_("Prepare the replay"))
def prepare_replay(progress, feed_code):
    """Register what was recorded of a closed feed."""
    register_recording(Feed.objects.select_related("live_case").get(code=feed_code))


@queue.task(name="theatre.retry_roster")
def retry_roster():
    """As long as the live process is away, try every few seconds."""
    close_old_connections()
    try:
        end_retry()
        if push_roster().silent_since is not None:
            retry_soon()
    finally:
        close_old_connections()


def retry_soon():
    """Have the worker try again; however many ask, it tries once."""
    if claim_retry(timezone.now() + timedelta(seconds=AGAIN_SECONDS)):
        retry_roster.schedule(delay=AGAIN_SECONDS)


@every(minute="*")
def watch_over_the_roster():
    """What changes by the clock alone (a consent expires) and what got lost is made good within the minute."""
    state = reconcile_roster()
    if state is not None and state.silent_since is not None:
        retry_soon()


@every(minute="*")
def watch_over_recordings():
    """Recordings whose registration failed when their feed was closed."""
    register_missing_recordings()
