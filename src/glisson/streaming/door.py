"""Who may publish to a feed now, and the sentences for those who may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glisson.streaming.packets import Refused, Trouble
from glisson.streaming.roster import FeedEntry

if TYPE_CHECKING:
    from glisson.streaming.feed import Feed

CLOSED = Trouble("closed_feed", "This feed is closed. Ask for it to be opened, then start the encoder again.")
WRONG_KEY = Trouble("wrong_key", "The stream key is wrong. Copy it again from the technician's page, without spaces.")
"""The same for an unknown feed and for a wrong secret, so that nobody can find out which feeds there are."""
OLD_KEY = Trouble("old_key", "This stream key was replaced. Copy the new one from the technician's page.")
TAKEN_OVER = Trouble("encoder_gone", "This encoder fell silent, and another one with a good key took its place.")

YOUNG_SECONDS = 5.0
"""A publisher this new may not have sent its first picture yet; it is not silent."""


def check_publisher(feed: Feed, secret: str | None, *, now: float) -> None:
    """Raise `Refused` unless this publisher may begin; a silent predecessor is turned out.

    Parameters
    ----------
    feed : Feed
        The feed it wants.
    secret : str or None
        The secret of its stream key; None when the way in holds a right of its own (a pull, a browser with a pass).
    now : float
        Unix seconds.
    """
    entry = feed.entry
    if secret is not None and not entry.accepts(secret):
        retired = FeedEntry(group=entry.group, key_sha256=tuple(feed.retired_keys)).accepts(secret)
        raise Refused(OLD_KEY if retired else WRONG_KEY)
    if entry.state == "closed" or (entry.not_after is not None and now >= entry.not_after):
        raise Refused(CLOSED)
    if entry.not_before is not None and now < entry.not_before:
        minutes = max(1, round((entry.not_before - now) / 60))
        text = f"This feed opens in {minutes} min. Start the encoder again then."
        raise Refused(Trouble("not_open_yet", text, {"minutes": minutes}))
    present = feed.publication
    if present is None:
        return
    if feed.health.silent_for() > feed.settings.takeover_seconds and now - present.since > YOUNG_SECONDS:
        # The old connection is dead, only nobody has told us: an encoder that lost its line comes back like this.
        present.turn_out(TAKEN_OVER)
        return
    text = f"Someone is already publishing to this feed from {present.peer}. Stop that encoder first."
    raise Refused(Trouble("second_publisher", text, {"peer": present.peer}))
