"""uvicorn's protocols with bounds on what a stranger may send, and a short way out for ready-made frames."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

from glisson.streaming.app.desk import Desk, Errand

MAX_HEAD = 16 * 1024
"""Bytes of request line and headers."""

HEAD_SECONDS = 10.0
"""A request's head has to be complete this long after its first byte (after the connection, for the first one)."""

UNSENT = 32 * 1024
"""Bytes the kernel may hold unsent for one WebSocket: without this bound a slow line hides seconds of delay there.

In this process no more than the rest of one fragment waits. So a slow viewer's change to the small rung begins at once,
and who skips skips to what is new. (200 viewers at 6 Mbit/s: no measurable cost.)
"""

ASK_AGAIN = 0.25
"""While a viewer's line is full, its rights are looked at again this often (seconds): sooner than a part lasts."""

WRITE_NOW = "glisson.write_now"
"""Name of the ASGI extension by which a WebSocket offers `FramedWebSocket.write_now`."""

_TCP_NOTSENT_LOWAT = 25


class BoundedHttp(HttpToolsProtocol):
    """HTTP/1.1 whose heads are short and come in time, with a short way for what hundreds ask for at once."""

    _head = 0
    _deadline: float | None = None
    """Loop time by which the head must be complete, or the next request must have begun."""

    cycle: Any
    _errand: Errand | None = None

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._desk: Desk | None = getattr(self.app, "desk", None)

    def connection_made(self, transport: Any) -> None:
        """Start the first head's time."""
        super().connection_made(transport)
        self._deadline = self.loop.time() + HEAD_SECONDS

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave nothing behind."""
        self._deadline = None
        if self._errand is not None:
            self._errand.drop()
        super().connection_lost(exc)

    def look_at_clock(self, now: float) -> None:
        """End what takes too long: called twice a second, which costs less than timers for every request."""
        if self._deadline is not None and now > self._deadline:
            self._deadline = None
            self.transport.close()
        elif self._errand is not None:
            self._errand.look_at_clock(now)

    def on_message_begin(self) -> None:
        """Begin to count a head."""
        self._head = 0
        self._deadline = self.loop.time() + HEAD_SECONDS
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Count the request line."""
        if self._fits(len(url)):
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a header."""
        if self._fits(len(name) + len(value) + 4):
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is here."""
        self._deadline = None
        if self._head <= MAX_HEAD and not self._go_the_short_way():
            super().on_headers_complete()

    def _go_the_short_way(self) -> bool:
        parser = self.parser
        busy = self.flow.write_paused or (self.cycle is not None and not self.cycle.response_complete)
        if self._desk is None or busy or self.expect_100_continue or parser.get_method() != b"GET":
            return False
        place = self._desk.place(self.url)
        if place is None or parser.should_upgrade() or parser.get_http_version() != "1.1":
            return False
        self._errand = self.cycle = Errand(self, self._desk, keep_alive=parser.should_keep_alive())
        self._errand.run(place, self.headers)
        return True

    def on_response_complete(self) -> None:
        """Wait for the next request: after an errand without a timer of its own."""
        errand, self._errand = self._errand, None
        if self.pipeline or errand is None:
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        if not self.transport.is_closing():
            self.flow.resume_reading()
            self._deadline = self.loop.time() + self.timeout_keep_alive

    def on_body(self, body: bytes) -> None:
        """Take a body, unless its head was too long."""
        if self._head <= MAX_HEAD:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Take the end, unless the head was too long."""
        if self._head <= MAX_HEAD:
            super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        """Count what the parser keeps to itself until a line is whole, too."""
        if self.transport.is_closing():
            return
        if self._head + len(data) > 4 * MAX_HEAD and self.scope is None:
            self._too_large()
            return
        super().data_received(data)

    def handle_websocket_upgrade(self) -> None:
        """The WebSocket protocol takes over."""
        self._deadline = None
        super().handle_websocket_upgrade()

    def _fits(self, count: int) -> bool:
        before = self._head
        self._head += count
        if self._head > MAX_HEAD and before <= MAX_HEAD:
            self._too_large()
        return self._head <= MAX_HEAD

    def _too_large(self) -> None:
        self.transport.write(
            b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        )
        self.transport.close()


class FramedWebSocket(WebSocketsSansIOProtocol):
    """A WebSocket that writes frames which were made once for all viewers.

    ``{"type": "websocket.send", "frame": bytes, "allowed": callable}`` besides what ASGI knows, and the extension
    `WRITE_NOW` in the scope.
    """

    def connection_made(self, transport: Any) -> None:
        """Keep the delay out of the buffers."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)
        sock = transport.get_extra_info("socket")
        if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.IPPROTO_TCP, _TCP_NOTSENT_LOWAT, UNSENT)

    def handle_connect(self, event: Any) -> None:
        """Offer to write without waiting."""
        super().handle_connect(event)
        if self.response.status_code == 101:
            self.scope["extensions"][WRITE_NOW] = self.write_now  # type: ignore[assignment]

    def write_now(self, frames: list[bytes]) -> bool:
        """Write frames at once; False, and nothing written, when the line is full or the viewer is leaving."""
        if not self.writable.is_set() or self.disconnected or self.close_sent or self.conn.state is not State.OPEN:
            return False
        self.transport.writelines(frames)
        return True

    async def send(self, message: Any) -> None:
        """Send as uvicorn does; a message with a ready frame goes straight to the socket."""
        frame = message.get("frame")
        if frame is None:
            await super().send(message)
            if message["type"] == "websocket.http.response.body":
                self.handshake_complete = True  # refused before the upgrade; uvicorn would call it a fault of ours
            return
        while not self.writable.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ASK_AGAIN):
                    await self.writable.wait()
            if not message["allowed"]():
                self._drop()
        if self.disconnected or self.close_sent or self.conn.state is not State.OPEN:
            raise ClientDisconnected
        self.transport.write(frame)

    def _drop(self) -> None:
        """End a viewer whose line is full and whose right is gone: what is buffered for it must not go out any more."""
        sock = self.transport.get_extra_info("socket")
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()
        raise ClientDisconnected
