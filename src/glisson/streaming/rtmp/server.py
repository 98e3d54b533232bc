"""The RTMP or RTMPS port: accepts, counts and sweeps connections."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl as tls
from collections import Counter
from collections.abc import Callable

from glisson.streaming.packets import Door, Trouble
from glisson.streaming.rtmp import troubles
from glisson.streaming.rtmp.connection import Connection
from glisson.streaming.rtmp.limits import Limits

_SWEEP_SECONDS = 1.0
_LINES_A_SWEEP = 20
_BACKLOG = 256

log = logging.getLogger(__name__)


class RtmpServer:
    """Takes publishers in on one port, plain or with TLS.

    Parameters
    ----------
    door : Door
        Decides who may publish.
    limits : Limits
        Bounds of time and memory.
    on_refusal : Callable
        Called with the stream key ("" if none was sent), the peer (``address:port``) and the trouble whenever this side
        ends a connection because of what the encoder did or failed to do. Not called when the sink's owner hangs up.
    """

    def __init__(
        self, door: Door, *, limits: Limits | None = None, on_refusal: Callable[[str, str, Trouble], None]
    ) -> None:
        self._door = door
        self._limits = limits or Limits()
        self._on_refusal = on_refusal
        self._listener: socket.socket | None = None
        self._context: tls.SSLContext | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._welcoming: set[asyncio.Task[None]] = set()
        self._sweeping: asyncio.TimerHandle | None = None
        self._connections: set[Connection] = set()
        self._addresses: Counter[str] = Counter()
        self._lines = 0

    @property
    def port(self) -> int:
        """The port it listens on."""
        if self._listener is None:
            raise RuntimeError("the RTMP server has not been started")
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def connections(self) -> int:
        """Open connections, those still in their TLS handshake included."""
        return len(self._connections)

    async def start(self, host: str, port: int, ssl: tls.SSLContext | None = None) -> None:
        """Listen.

        Parameters
        ----------
        host : str
            Address to bind, IPv4 or IPv6; ``::`` takes both.
        port : int
            Port, or 0 for a free one (see `port`).
        ssl : SSLContext, optional
            Given, the port speaks RTMPS.

        Raises
        ------
        OSError
            The address cannot be bound.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        both = host == "::" and socket.has_dualstack_ipv6()
        self._listener = socket.create_server((host, port), family=family, backlog=_BACKLOG, dualstack_ipv6=both)
        self._listener.setblocking(False)
        self._context = ssl
        self._accepting = asyncio.create_task(self._accept(self._listener))
        self._sweep()

    async def close(self) -> None:
        """Stop listening, end every publication and wait briefly until the encoders have gone."""
        for task in (self._accepting, *self._welcoming):
            if task is not None:
                task.cancel()
        await asyncio.gather(*filter(None, (self._accepting, *self._welcoming)), return_exceptions=True)
        if self._listener is not None:
            self._listener.close()
        for connection in list(self._connections):
            connection.restart()
        until = asyncio.get_running_loop().time() + self._limits.linger
        while self._connections and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0.02)
        for connection in list(self._connections):
            connection.abort()
        await asyncio.sleep(0)
        if self._sweeping is not None:
            self._sweeping.cancel()

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                sock, name = await loop.sock_accept(listener)
            except OSError as error:  # too many open files, or a peer that has gone again
                log.warning("an RTMP connection could not be accepted: %s", error)
                await asyncio.sleep(0.1)
                continue
            connection = self._enter(name)
            if connection is None:
                sock.close()
                continue
            task = asyncio.create_task(self._welcome(sock, connection))
            self._welcoming.add(task)
            task.add_done_callback(self._welcoming.discard)

    def _enter(self, name: tuple[str, int]) -> Connection | None:
        """Count a newcomer, or turn it away before it costs anything."""
        address = name[0]
        peer = f"[{address}]:{name[1]}" if ":" in address else f"{address}:{name[1]}"
        limits = self._limits
        if self._addresses[address] >= limits.per_address:
            self._refused("", peer, troubles.too_many_connections(address, limits.per_address))
            return None
        if len(self._connections) >= limits.connections:
            self._refused("", peer, troubles.too_many_connections(None, limits.connections))
            return None
        way = "rtmps" if self._context else "rtmp"
        connection = Connection(
            self._door, limits, address=address, peer=peer, way=way, on_refusal=self._refused, on_gone=self._leave
        )
        self._connections.add(connection)
        self._addresses[address] += 1
        return connection

    def _leave(self, connection: Connection) -> None:
        if connection in self._connections:
            self._connections.discard(connection)
            self._addresses[connection.address] -= 1
            if not self._addresses[connection.address]:
                del self._addresses[connection.address]

    async def _welcome(self, sock: socket.socket, connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        limits = self._limits
        try:
            if self._context is None:
                await loop.connect_accepted_socket(lambda: connection, sock)
            else:
                await loop.connect_accepted_socket(
                    lambda: connection,
                    sock,
                    ssl=self._context,
                    ssl_handshake_timeout=limits.handshake,
                    ssl_shutdown_timeout=limits.linger,
                )
        except OSError as error:  # SSLError is one
            sock.close()
            self._leave(connection)
            self._refused("", connection.peer, troubles.garbage(f"the TLS handshake failed ({error})"))
        except asyncio.CancelledError:
            sock.close()
            self._leave(connection)
            raise

    def _sweep(self) -> None:
        """Look at every deadline. One timer for all connections keeps the cost of a read at a clock reading."""
        loop = asyncio.get_running_loop()
        if self._lines > _LINES_A_SWEEP:
            log.info("%d more refusals in the last second", self._lines - _LINES_A_SWEEP)
        self._lines = 0
        now = loop.time()
        for connection in list(self._connections):
            connection.check(now)
        self._sweeping = loop.call_later(_SWEEP_SECONDS, self._sweep)

    def _refused(self, key: str, peer: str, trouble: Trouble) -> None:
        self._lines += 1
        if self._lines <= _LINES_A_SWEEP:  # a flood of strangers must not become a flood of log lines
            log.info("turned away %s: %s (%s)", peer, trouble.text, trouble.code)
        try:
            self._on_refusal(key, peer, trouble)
        except Exception:
            log.exception("recording a refusal failed")
