"""Simulated viewers: one process, one epoll, hundreds of sockets.

Bodies are thrown away inside the kernel (``MSG_TRUNC``), so that a single core can play six hundred viewers and what is
measured is the server. Run as a program of its own; prints one JSON object.

    python -m bench.viewers socket '{"address": "ws://…", "count": 200, "seconds": 10, "headers": {}}'
"""

from __future__ import annotations

import json
import re
import select
import socket
import sys
import time
from collections.abc import Callable
from urllib.parse import urlsplit

DISCARD = 1 << 20
HINT = re.compile(rb'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="(\d+)\.(\d+)\.')
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Trouble(Exception):
    """What a viewer met instead of its stream."""


class Viewer:
    """A connection that asks and is answered; ``asks`` gives the next request when an answer is complete.

    Parameters
    ----------
    host, port : str, int
        The server.
    number : int
        Picks one of 200 loopback addresses of our own: servers limit connections by address.
    """

    def __init__(self, host: str, port: int, number: int) -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((f"127.0.0.{2 + number % 200}", 0))
        self.socket.connect((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = 0
        self.head = b""
        self.body = bytearray()
        self.left = -1
        self.keep = True
        self.first_byte = 0.0

    def ask(self, request: bytes, *, keep: bool) -> None:
        """Send a request; keep the answer's body, or throw it away."""
        self.head, self.left, self.keep, self.first_byte = b"", -1, keep, 0.0
        self.body.clear()
        self.socket.send(request)

    def readable(self, sink: bytearray) -> bool:
        """Take what has arrived; True when an answer is complete."""
        if self.left < 0:
            return self._read_head()
        if self.keep:
            data = self.socket.recv(min(self.left, 65536))
            self.body += data
            size = len(data)
        else:
            size = self.socket.recv_into(sink, min(self.left, DISCARD), socket.MSG_TRUNC)
        if size == 0:
            raise Trouble("the server closed the connection")
        self.left -= size
        self.received += size
        return self.left == 0

    def _read_head(self) -> bool:
        data = self.socket.recv(65536 if self.keep else 2048)
        if not data:
            raise Trouble("the server closed the connection")
        self.first_byte = self.first_byte or time.monotonic()
        self.received += len(data)
        self.head += data
        head, end, body = self.head.partition(b"\r\n\r\n")
        if not end:
            return False
        if not head.startswith(b"HTTP/1.1 200"):
            raise Trouble(head[:200].decode(errors="replace"))
        length = LENGTH.search(head)
        if length is None:
            raise Trouble("an answer without its length")
        if self.keep:
            self.body += body
        self.left = int(length[1]) - len(body)
        return self.left == 0


def request(path: str, host: str, headers: dict[str, str]) -> bytes:
    """Return a GET request."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def play_socket(wish: dict) -> dict:
    """Open WebSockets, complete their handshakes, count bytes for a while after all are open."""
    parts = urlsplit(wish["address"])
    host, port = parts.hostname or "", parts.port or 80
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    asking = request(
        path, parts.netloc, {**upgrade, "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", **wish["headers"]}
    )
    poll, counts, sockets = select.epoll(), {}, []
    for number in range(wish["count"]):
        viewer = Viewer(host, port, number)
        viewer.socket.sendall(asking)
        head = b""
        while b"\r\n\r\n" not in head:
            piece = viewer.socket.recv(1024)
            if not piece:
                raise Trouble(f"viewer {number} was turned away: {head[:200]!r}")
            head += piece
        if not head.startswith(b"HTTP/1.1 101"):
            raise Trouble(f"viewer {number} was turned away: {head[:200]!r}")
        viewer.socket.setblocking(False)
        counts[viewer.socket.fileno()] = 0
        sockets.append(viewer.socket)
        poll.register(viewer.socket, select.EPOLLIN)
    return {"opened": len(sockets), **_count(poll, {each.fileno(): each for each in sockets}, counts, wish)}


def _count(poll: select.epoll, sockets: dict[int, socket.socket], counts: dict[int, int], wish: dict) -> dict:
    sink = bytearray(DISCARD)
    closed = 0
    print("ready", flush=True)
    start, cpu = time.monotonic(), time.process_time()
    settled = start + wish.get("settle", 2.0)
    end = settled + wish["seconds"]
    base: dict[int, int] | None = None
    while (now := time.monotonic()) < end:
        if base is None and now >= settled:
            base, start, cpu = dict(counts), now, time.process_time()
        for number, _ in poll.poll(0.1):
            size = sockets[number].recv_into(sink, DISCARD, socket.MSG_TRUNC)
            counts[number] += size
            if size == 0:
                closed += 1
                poll.unregister(number)
    seconds = time.monotonic() - start
    rates = sorted(8e-6 * (counts[number] - (base or {}).get(number, 0)) / seconds for number in counts)
    return {
        "seconds": seconds,
        "megabits": sum(rates),
        "slowest_megabits": rates[0],
        "closed": closed,
        "busy": (time.process_time() - cpu) / seconds,
    }


def play_hls(wish: dict) -> dict:
    """Play low-latency HLS: a blocking reload, then the part it announced, and so on.

    With ``observer`` the first viewer asks that origin instead: its answers tell when a part was cut.
    """
    parts = urlsplit(wish["address"])
    folder, host = parts.path.rpartition("/")[0], parts.netloc
    headers = wish["headers"]
    part_times: list[tuple[int, int, float]] = []
    released: dict[tuple[int, int], float] = {}
    reloads: list[tuple[int, int, float]] = []
    state: dict[int, tuple[Viewer, int, int, bool]] = {}
    poll = select.epoll()

    def reload(viewer: Viewer, msn: int, part: int) -> None:
        state[viewer.socket.fileno()] = (viewer, msn, part, True)
        path = f"{parts.path}?_HLS_msn={msn}&_HLS_part={part}&_HLS_skip=YES"
        viewer.ask(request(path, host, headers), keep=True)

    def finished(viewer: Viewer, msn: int, part: int, playlist: bool) -> None:
        now = time.monotonic()
        if not playlist:
            part_times.append((msn, part, now))
            following = following_of[(msn, part)]
            reload(viewer, *following)
            return
        hint = HINT.search(viewer.body)
        if hint is None:
            raise Trouble(f"a playlist without a preload hint: {bytes(viewer.body[-300:])!r}")
        key = (msn, part)
        following_of[key] = (int(hint[1]), int(hint[2]))
        if following_of[key] <= key:
            raise Trouble(f"asked for {key}, got a playlist whose next part is {following_of[key]}")
        first = viewer.first_byte
        released[key] = min(first, released.get(key, first))
        reloads.append((msn, part, now))
        state[viewer.socket.fileno()] = (viewer, msn, part, False)
        viewer.ask(request(f"{folder}/{msn}.{part}.m4s", host, headers), keep=False)

    following_of: dict[tuple[int, int], tuple[int, int]] = {}
    for number in range(wish["count"]):
        where = urlsplit(wish["observer"]) if number == 0 and wish.get("observer") else parts
        viewer = Viewer(where.hostname or "", where.port or 80, number)
        poll.register(viewer.socket, select.EPOLLIN)
        if number == 0:
            viewer.ask(request(parts.path, host, headers), keep=True)
            while not viewer.readable(bytearray(0)):
                pass
            hint = HINT.search(viewer.body)
            if hint is None:
                raise Trouble("the playlist has no preload hint: the feed is not on air")
            entry = (int(hint[1]), int(hint[2]))
        reload(viewer, *entry)
    figures = _run(poll, state, finished, wish)
    since = figures.pop("since")
    late = sorted(at - released[(msn, part)] for msn, part, at in part_times if released.get((msn, part), 0) >= since)
    answers = sorted(at - released[(msn, part)] for msn, part, at in reloads if released[(msn, part)] >= since)
    distinct = {(msn, part) for msn, part, at in part_times if released[(msn, part)] >= since}
    expected = len(distinct) * wish["count"]
    return {
        **figures,
        "parts": len(late),
        "expected_parts": expected,
        "distinct_parts": len(distinct),
        **_spread("part", late),
        **_spread("reload", answers),
    }


def _spread(name: str, values: list[float]) -> dict[str, float]:
    if not values:
        return {}
    return {
        f"{name}_p50_ms": 1000 * values[len(values) // 2],
        f"{name}_p99_ms": 1000 * values[min(len(values) - 1, int(0.99 * len(values)))],
        f"{name}_worst_ms": 1000 * values[-1],
    }


def _run(poll: select.epoll, state: dict, finished: Callable[..., None], wish: dict) -> dict:
    """Answer whatever is readable until the time is over; figures count from when the start-up has settled."""
    sink = bytearray(DISCARD)
    print("ready", flush=True)
    since = time.monotonic() + wish.get("settle", 3.0)
    cpu, base, begun, errors = 0.0, 0, False, 0
    end = since + wish["seconds"]
    while (now := time.monotonic()) < end:
        if not begun and now >= since:
            begun, cpu = True, time.process_time()
            base = sum(entry[0].received for entry in state.values())
        for number, _ in poll.poll(0.1):
            viewer, *rest = state[number]
            try:
                if viewer.readable(sink):
                    finished(viewer, *rest)
            except (Trouble, OSError) as trouble:
                errors += 1
                poll.unregister(number)
                print(f"viewer lost: {trouble}", file=sys.stderr)
    seconds = time.monotonic() - since
    received = sum(entry[0].received for entry in state.values()) - base
    return {
        "since": since,
        "seconds": seconds,
        "errors": errors,
        "megabits": 8e-6 * received / seconds,
        "busy": (time.process_time() - cpu) / seconds,
    }


def play_files(wish: dict) -> dict:
    """Fetch the same files in turns, as fast as they come."""
    parts = urlsplit(wish["address"])
    requests = [request(path, parts.netloc, wish["headers"]) for path in wish["paths"]]
    poll, state = select.epoll(), {}
    done = 0

    def finished(viewer: Viewer, at: int) -> None:
        nonlocal done
        done += 1
        state[viewer.socket.fileno()] = (viewer, at + 1)
        viewer.ask(requests[(at + 1) % len(requests)], keep=False)

    for number in range(wish["count"]):
        viewer = Viewer(parts.hostname or "", parts.port or 80, number)
        poll.register(viewer.socket, select.EPOLLIN)
        state[viewer.socket.fileno()] = (viewer, number)
        viewer.ask(requests[number % len(requests)], keep=False)
    figures = _run(poll, state, finished, {**wish, "settle": wish.get("settle", 1.0)})
    figures.pop("since")
    return {**figures, "files": done}


if __name__ == "__main__":
    kinds = {"socket": play_socket, "hls": play_hls, "files": play_files}
    print(json.dumps(kinds[sys.argv[1]](json.loads(sys.argv[2]))))
