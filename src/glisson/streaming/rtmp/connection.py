"""One socket: asyncio's events on one side, a session on the other."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import cast

from glisson.streaming.packets import Door, Trouble
from glisson.streaming.rtmp import troubles
from glisson.streaming.rtmp.limits import Limits
from glisson.streaming.rtmp.line import Line
from glisson.streaming.rtmp.session import Session

log = logging.getLogger(__name__)


class Connection(asyncio.Protocol):
    """Feeds a session from a socket. No exception leaves it: what one encoder does touches no other.

    Parameters
    ----------
    door : Door
        Decides who may publish.
    limits : Limits
        Bounds of time and memory.
    address, peer, way : str
        The peer's address alone, with its port, and ``rtmp`` or ``rtmps``.
    on_refusal : Callable
        See `line.Line`.
    on_gone : Callable
        Called when the socket is closed.
    """

    def __init__(
        self,
        door: Door,
        limits: Limits,
        *,
        address: str,
        peer: str,
        way: str,
        on_refusal: Callable[[str, str, Trouble], None],
        on_gone: Callable[[Connection], None],
    ) -> None:
        self.address = address
        self.peer = peer
        self.way = way
        self._door = door
        self._limits = limits
        self._on_refusal = on_refusal
        self._on_gone = on_gone
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._session: Session | None = None
        self._closing_since: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        stream = self._transport = cast(asyncio.Transport, transport)
        stream.set_write_buffer_limits(high=self._limits.written)
        line = Line(stream.write, self._close, self._loop.time, self.peer, self.way, self._on_refusal)
        self._session = Session(self._door, self._limits, line)

    def data_received(self, data: bytes) -> None:
        session = self._session
        if session is not None:
            try:
                session.receive(data)
            except Exception:
                self._fault(session)

    def pause_writing(self) -> None:
        # Encoders read the few hundred bytes we say. One that does not is after our memory.
        self._loop.call_soon(self._cut, troubles.unread_answers())

    def connection_lost(self, exc: Exception | None) -> None:
        self._on_gone(self)
        session = self._session
        if session is not None:
            reason = "The connection to the encoder broke." if exc else "The encoder closed the connection."
            try:
                session.lost(reason)
            except Exception:
                log.exception("ending the publication from %s failed", self.peer)

    def check(self, now: float) -> None:
        """Hang up if a deadline has passed; called about once a second."""
        session, transport = self._session, self._transport
        if session is None or transport is None:
            return
        if self._closing_since is not None:
            if now - self._closing_since > self._limits.linger:
                transport.abort()
            return
        try:
            trouble = session.overdue(now)
            if trouble is not None:
                session.turn_away(trouble)
        except Exception:
            self._fault(session)

    def restart(self) -> None:
        """The server stops."""
        if self._session is not None:
            try:
                self._session.restart()
            except Exception:
                self._fault(self._session)

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    def _close(self) -> None:
        """Close so that the last words arrive: unread data would otherwise make the kernel throw them away."""
        self._closing_since = self._loop.time()
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if transport.can_write_eof():
            transport.write_eof()
        else:
            transport.close()

    def _cut(self, trouble: Trouble) -> None:
        if self._session is not None and self._transport is not None:
            try:
                self._session.turn_away(trouble)
            except Exception:
                self._fault(self._session)
            self._transport.abort()

    def _fault(self, session: Session) -> None:
        """An error of ours while serving this encoder: it loses its connection, nobody else notices."""
        log.exception("serving the encoder at %s failed", self.peer)
        try:
            session.turn_away(troubles.fault())
        except Exception:
            log.exception("turning away the encoder at %s failed", self.peer)
            self.abort()
