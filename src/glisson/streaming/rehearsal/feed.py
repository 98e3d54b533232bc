"""One feed of the rehearsal: keeps its view on its way, connecting again for as long as it is wanted."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

from .connection import STALL, Connection, Picture, Tally, Wish, new_picture
from .scene import Scene

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0
"""Seconds between attempts to connect: doubled each time."""


def masked(url: str) -> str:
    """Return an address whose stream key is cut to its first letters, fit for a log."""
    return re.sub(r"(/[^/]{4})[^/]*$", r"\1…", url)


class Feed(threading.Thread):
    """Keeps one view on its way until told to stop.

    Parameters
    ----------
    wish : Wish
        What and where.
    scene : Scene
        Prepares the buffers.
    stop : threading.Event
        Ends the feed.
    say : callable
        Gets sentences about what happens.
    """

    def __init__(self, wish: Wish, scene: Scene, stop: threading.Event, say: Callable[[str], None]) -> None:
        super().__init__(name=f"rehearsal {wish.name}", daemon=True)
        self.tally = Tally(masked(wish.url))
        self._wish, self._scene, self._stop_asked, self._say = wish, scene, stop, say
        self._spare = new_picture(scene, wish.view)
        self._connection: Connection | None = None

    @property
    def connected(self) -> bool:
        """Whether pictures are wanted now."""
        connection = self._connection
        return connection is not None and connection.ready

    def free_picture(self) -> Picture:
        """Return a buffer to paint into; a spare one, never sent, when none is free."""
        connection = self._connection
        picture = connection.take_free() if connection is not None and connection.ready else None
        return picture or self._spare

    def offer(self, number: int, picture: Picture) -> None:
        """Hand over a painted picture and its number."""
        connection = self._connection
        if picture is not self._spare and connection is not None:
            connection.due.put((number, picture))
        elif self.connected:
            self.tally.left_out += 1

    def run(self) -> None:
        """Connect, watch, say what went wrong, wait and connect again."""
        pause, said = FIRST_PAUSE, ""
        while not self._stop_asked.is_set():
            before = self.tally.sent
            connection = Connection(self._wish, self._scene, self.tally, self._stop_asked, self._say)
            connection.start()
            self._connection = connection
            trouble = self._watch(connection)
            self._connection = None
            if self._stop_asked.is_set():
                connection.join(STALL)
                return
            if self.tally.sent > before:
                pause, said = FIRST_PAUSE, ""
            sentence = f"The {self._wish.name} feed is not on its way to {self.tally.url}: {trouble}"
            if sentence != said:
                self._say(f"{sentence} Trying again until it works.")
                said = sentence
            self._stop_asked.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _watch(self, connection: Connection) -> str:
        """Wait until a connection ends or makes no progress; return why, in words."""
        while connection.is_alive() and not self._stop_asked.is_set():
            connection.join(0.1)
            if connection.stuck:
                connection.abandoned = True
                return f"nothing could be sent for {STALL:.0f} s."
        return _in_words(connection.error)


def _in_words(error: Exception | None) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "nobody answers there."
    if isinstance(error, (BrokenPipeError, ConnectionResetError)):
        return "the server closed the connection."
    if isinstance(error, TimeoutError):
        return "the server does not answer in time."
    return f"the server is gone or turned the stream key away ({getattr(error, 'strerror', None) or error})."
