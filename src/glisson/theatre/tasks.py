"""What the worker does for the theatre by the clock, and (imported for the worker to find) what verbs leave for it."""

from glisson.core.jobs import every
from glisson.theatre.domain.later import prepare_replay, retry_roster, retry_soon
from glisson.theatre.domain.recording import register_missing_recordings
from glisson.theatre.domain.roster import reconcile_roster

__all__ = ["prepare_replay", "retry_roster", "watch_over_recordings", "watch_over_the_roster"]


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
