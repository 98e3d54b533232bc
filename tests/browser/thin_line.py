"""A line of so many kilobits with so much delay between a browser and the live process, for both directions."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time


class ThinLine:
    """A TCP proxy on a thread of its own; all connections share the capacity, as they would at home.

    Chromium's own throttling does not reach WebSockets, so the line itself is made thin.
    """

    def __init__(self, port: int, *, kilobits: float, delay: float) -> None:
        self.target, self.bytes_a_second, self.delay = port, kilobits * 125, delay
        self.connections = 0
        self._free_at = {"down": 0.0, "up": 0.0}

    def __enter__(self) -> ThinLine:
        started = threading.Event()
        self._loop = asyncio.new_event_loop()

        def run() -> None:
            asyncio.set_event_loop(self._loop)
            self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
            self.port = self._server.sockets[0].getsockname()[1]
            started.set()
            self._loop.run_forever()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        assert started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        async def close() -> None:
            self._server.close()
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def detour(self, port: int) -> str:
        """A script that sends the page's requests for the live process to this line."""
        return f"""(() => {{
          const turn = (url) => String(url).replace(':{port}/', ':{self.port}/');
          const Socket = window.WebSocket;
          window.WebSocket = class extends Socket {{ constructor(url, more) {{ super(turn(url), more); }} }};
          const open = XMLHttpRequest.prototype.open;
          XMLHttpRequest.prototype.open = function (method, url, ...more) {{
            return open.call(this, method, turn(url), ...more);
          }};
          const ask = window.fetch;
          window.fetch = (input, more) => ask(input instanceof Request ? input : turn(input), more);
        }})()"""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(asyncio.CancelledError):  # the test is over; nobody waits for this task
            await self._join(reader, writer)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server_reader, server_writer = await self._call()
        except OSError:
            writer.close()
            return
        await asyncio.gather(
            self._carry(reader, server_writer, "up"),
            self._carry(server_reader, writer, "down"),
            return_exceptions=True,
        )

    async def _call(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Reach the live process with a small buffer, or this machine would hold seconds of picture for the line."""
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        line.setblocking(False)
        await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", self.target))
        return await asyncio.open_connection(sock=line, limit=8_192)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str) -> None:
        """Send on at the line's rate, each piece half the delay of a round trip later."""
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=16)

        async def deliver() -> None:
            while True:
                due, piece = await queue.get()
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                if not piece:
                    writer.close()
                    return
                with contextlib.suppress(ConnectionError):
                    writer.write(piece)
                    await writer.drain()

        delivering = asyncio.create_task(deliver())
        try:
            while True:
                piece = await reader.read(2_048)
                now = time.monotonic()
                start = max(now, self._free_at[way])
                self._free_at[way] = start + len(piece) / self.bytes_a_second
                await asyncio.sleep(max(0.0, self._free_at[way] - now))
                await queue.put((time.monotonic() + self.delay / 2, piece))
                if not piece:
                    await delivering
                    return
        except (ConnectionError, asyncio.CancelledError):
            delivering.cancel()
            writer.close()
