"""The worker's end: messages from stdin, messages to stdout, and no life after the live plane."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator

from glisson.streaming.worker.messages import Inbox, Kind, Message

Write = Callable[[Message], None]
PIECE = 256 * 1024


def write_message(message: Message) -> None:
    """Write one message to stdout, whole."""
    rest = memoryview(message.packed())
    while rest:
        rest = rest[os.write(1, rest) :]


def messages() -> Iterator[Message]:
    """Yield the messages on stdin until it is closed."""
    inbox = Inbox()
    while data := os.read(0, PIECE):
        yield from inbox.feed(data)


def end_with_stdin(before: Callable[[], None] = lambda: None) -> None:
    """Watch stdin in a thread and end this process when it closes: no orphan goes on pulling after a crash."""

    def watch() -> None:
        while os.read(0, PIECE):
            pass
        before()
        os._exit(0)

    threading.Thread(target=watch, daemon=True, name="stdin").start()


class ChunkFile:
    """The chunks on stdin as a file that PyAV can read; without ``seek``, so that FFmpeg takes it for a stream."""

    def __init__(self) -> None:
        self._messages = messages()
        self._held: deque[bytes] = deque()

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, waiting for the first; nothing at the end."""
        while not self._held:
            message = next(self._messages, None)
            if message is None or message.kind == Kind.END:
                return b""
            if message.kind == Kind.CHUNK and message.data:
                self._held.append(message.data)
        piece = self._held.popleft()
        if len(piece) > size:
            self._held.appendleft(piece[size:])
        return piece[:size]
