"""The live process: encoders in, viewers out, recordings to disk; no Django, no database."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import uvicorn
import uvloop

from glisson.streaming.app import LiveApp
from glisson.streaming.app.protocols import BoundedHttp, FramedWebSocket
from glisson.streaming.rtmp.server import RtmpServer
from glisson.streaming.settings import LiveSettings
from glisson.streaming.studio import Studio

log = logging.getLogger("glisson.live")

STOP_SECONDS = 5
"""How long viewers get to take their last bytes when the process stops."""

WEBSOCKET_MESSAGE = 4 * 1024 * 1024 + 1024
"""The largest message a browser that publishes may send: a key frame of 4 MB and its header."""


class _Http(uvicorn.Server):
    """uvicorn, but signals are ours: the recordings are written out after the viewers have gone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield

    async def on_tick(self, counter: int) -> bool:
        """Every 0.1 s: look at every connection's clock now and then."""
        if counter % 5 == 0:
            now = asyncio.get_running_loop().time()
            for connection in tuple(self.server_state.connections):
                if isinstance(connection, BoundedHttp):
                    connection.look_at_clock(now)
        return await super().on_tick(counter)


class LivePlane:
    """Everything that runs in the live process.

    Parameters
    ----------
    settings : LiveSettings
        The process's settings.
    """

    def __init__(self, settings: LiveSettings) -> None:
        self.settings = settings
        self.studio = Studio(settings)
        self._http: _Http | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._rtmp: list[RtmpServer] = []
        self.port = 0
        self.rtmp_port: int | None = None

    async def start(self) -> None:
        """Take up the roster on disk, then open the doors.

        Raises
        ------
        OSError
            When a port is taken.
        """
        settings = self.settings
        settings.recordings.mkdir(parents=True, exist_ok=True)
        listener = _listen(settings.host, settings.port)
        self.port = listener.getsockname()[1]
        await self.studio.start()
        await self._open_rtmp()
        self._http = _Http(_uvicorn(LiveApp(self.studio)))
        self._tasks = [
            asyncio.create_task(self._http.serve(sockets=[listener]), name="http"),
            asyncio.create_task(self._tick(), name="tick"),
        ]
        while not self._http.started:
            if self._tasks[0].done():
                raise OSError("The HTTP server did not start.")
            await asyncio.sleep(0.01)
        log.info("Live on %s:%d, RTMP on port %s", settings.host, self.port, self.rtmp_port)

    async def stop(self) -> None:
        """Close the doors, write the recordings out; the roster stays, so that the next start goes on."""
        for server in self._rtmp:
            await server.close()
        self.studio.let_viewers_go()
        if self._http is not None:
            self._http.should_exit = True
            await asyncio.gather(self._tasks[0], return_exceptions=True)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.studio.close()

    async def _open_rtmp(self) -> None:
        settings = self.settings
        doors: list[tuple[int, ssl.SSLContext | None]] = []
        if settings.rtmp_port is not None:
            doors.append((settings.rtmp_port, None))
        if settings.rtmps_port is not None and settings.rtmps_certificate and settings.rtmps_key:
            doors.append((settings.rtmps_port, _tls(settings.rtmps_certificate, settings.rtmps_key)))
        for port, context in doors:
            server = RtmpServer(self.studio, on_refusal=self.studio.refused)
            await server.start(settings.rtmp_host, port, context)
            self._rtmp.append(server)
            if context is None:
                self.rtmp_port = server.port

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(1)
            try:
                self.studio.tick()
            except Exception:
                log.exception("The once-a-second round failed")


def run(settings: LiveSettings) -> None:
    """Run the live process until SIGTERM or SIGINT; returns when every recording is on disk.

    Parameters
    ----------
    settings : LiveSettings
        The process's settings.
    """
    uvloop.run(_run(settings))


async def _run(settings: LiveSettings) -> None:
    plane = LivePlane(settings)
    wanted = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, wanted.set)
    await plane.start()
    try:
        await wanted.wait()
    finally:
        await plane.stop()


def _uvicorn(app: LiveApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=BoundedHttp,
        ws=FramedWebSocket,
        ws_per_message_deflate=False,
        ws_max_size=WEBSOCKET_MESSAGE,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=STOP_SECONDS,
        backlog=4096,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=4096, dualstack_ipv6=host == "::")
    listener.setblocking(False)
    return listener


def _tls(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context
