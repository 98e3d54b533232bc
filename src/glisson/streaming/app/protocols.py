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

MAX_HEAD = 16 * 1024
"""Bytes of request line and headers."""

HEAD_SECONDS = 10.0
"""A request's head has to be complete this long after its first byte (after the connection, for the first one)."""

UNSENT = 128 * 1024
"""Bytes the kernel may hold unsent for one WebSocket: without this bound a slow line hides seconds of delay there."""

ASK_AGAIN = 0.25
"""While a viewer's line is full, its rights are looked at again this often (seconds): sooner than a part lasts."""

_TCP_NOTSENT_LOWAT = 25


class BoundedHttp(HttpToolsProtocol):
    """HTTP/1.1 whose heads are short and come in time."""

    _head = 0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Start the first head's time."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the time."""
        self._head_done()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Begin to count a head."""
        self._head = 0
        if self._deadline is None:
            self._await_head()
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
        self._head_done()
        if self._head <= MAX_HEAD:
            super().on_headers_complete()

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
        if self._deadline is not None and self._head + len(data) > 4 * MAX_HEAD and self.scope is None:
            self._too_large()
            return
        super().data_received(data)

    def handle_websocket_upgrade(self) -> None:
        """The WebSocket protocol takes over."""
        self._head_done()
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

    def _await_head(self) -> None:
        self._deadline = self.loop.call_later(HEAD_SECONDS, self._head_late)

    def _head_done(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _head_late(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self.transport.close()


class FramedWebSocket(WebSocketsSansIOProtocol):
    """A WebSocket that writes frames which were made once for all viewers.

    ``{"type": "websocket.send", "frame": bytes, "allowed": callable}`` besides what ASGI knows.
    """

    def connection_made(self, transport: Any) -> None:
        """Keep the delay out of the kernel's buffer."""
        super().connection_made(transport)
        sock = transport.get_extra_info("socket")
        if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.IPPROTO_TCP, _TCP_NOTSENT_LOWAT, UNSENT)

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
