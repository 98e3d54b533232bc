"""HTTP as far as the live process speaks it: a request's few interesting headers, and whole answers."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Header = tuple[bytes, bytes]

NO_STORE = (b"cache-control", b"no-store")
PLAYLIST = b"application/vnd.apple.mpegurl"
SEGMENT = b"video/iso.segment"
MP4 = b"video/mp4"
JSON = b"application/json"

_NOSNIFF = (b"x-content-type-options", b"nosniff")
_SECURITY: tuple[Header, ...] = (
    _NOSNIFF,
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-site"),
)


@dataclass(slots=True)
class Answer:
    """One whole answer; ``cache`` is what a shared cache in front may do with it."""

    status: int
    body: bytes = b""
    content_type: bytes = JSON
    cache: bytes = b"no-store"
    extra: tuple[Header, ...] = ()


class Denied(Exception):
    """The request gets no more than a status and a short code of why."""

    def __init__(self, status: int, why: str, text: str = "") -> None:
        super().__init__(why)
        self.status = status
        self.why = why
        self.text = text

    def answer(self) -> Answer:
        """Return it as an answer that no cache keeps."""
        body = {"why": self.why} | ({"text": self.text} if self.text else {})
        extra: tuple[Header, ...] = ()
        if self.status == 401:
            extra = ((b"www-authenticate", b"Bearer"),)
        elif self.status == 503:
            extra = ((b"retry-after", b"1"),)
        return Answer(self.status, json.dumps(body).encode(), extra=extra)


def json_answer(document: object, status: int = 200) -> Answer:
    """Answer with JSON that no cache keeps."""
    return Answer(status, json.dumps(document, separators=(",", ":")).encode())


class Shown:
    """The headers that anything here asks for, each looked up once."""

    __slots__ = ("authorization", "cookie", "headers", "origin", "range")

    def __init__(self, headers: list[Header]) -> None:
        self.headers = headers
        self.cookie = self.authorization = self.origin = self.range = b""
        for name, value in headers:
            if name == b"cookie":
                self.cookie = value
            elif name == b"authorization":
                self.authorization = value
            elif name == b"origin":
                self.origin = value
            elif name == b"range":
                self.range = value

    def header(self, wanted: bytes) -> str:
        """Return a rarely used header, or an empty text."""
        return next((value.decode("latin-1") for name, value in self.headers if name == wanted), "")


class Request(Shown):
    """A request."""

    __slots__ = ("address", "method", "path", "query")

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope["headers"])
        self.method: str = scope.get("method", "GET")
        self.path: list[str] = scope["path"].split("/")
        self.query: bytes = scope["query_string"]
        self.address: str = scope["client"][0] if scope["client"] else ""


def read_number(query: bytes, name: str) -> int | None:
    """Return a whole number out of a query, None without it; anything else is a bad request."""
    values = parse_qs(query.decode("latin-1"), keep_blank_values=True, max_num_fields=20).get(name)
    if values is None:
        return None
    return strict_number(values[0]) if len(values) == 1 else strict_number("")


def strict_number(text: str) -> int:
    """Read digits and nothing else: no sign, no space, no foreign digits, no number too long to be true.

    Raises
    ------
    Denied
        400.
    """
    if not (0 < len(text) <= 15 and text.isascii() and text.isdigit()):
        raise Denied(400, "bad_number")
    return int(text)


def headers_of(answer: Answer, cors: tuple[Header, ...]) -> list[Header]:
    """Return an answer's headers."""
    security = _SECURITY if answer.content_type == JSON else (_NOSNIFF,)
    headers = [
        (b"content-type", answer.content_type),
        (b"cache-control", answer.cache),
        *cors,
        *answer.extra,
        *security,
    ]
    if answer.status not in (204, 304):
        headers.append((b"content-length", b"%d" % len(answer.body)))
    return headers


async def give(send: Send, answer: Answer, cors: tuple[Header, ...], *, head: bool = False) -> None:
    """Send an answer."""
    headers = headers_of(answer, cors)
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else answer.body})


async def read_body(receive: Receive, *, limit: int) -> bytes:
    """Read a request's body, up to a limit.

    Raises
    ------
    Denied
        413 above the limit.
    """
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Denied(400, "disconnected")
        body += message.get("body", b"")
        if len(body) > limit:
            raise Denied(413, "too_large")
        if not message.get("more_body", False):
            return bytes(body)
