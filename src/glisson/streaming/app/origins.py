"""Whose scripts may read what a viewer's cookie opens: those of the web's own pages."""

from __future__ import annotations

from collections.abc import Iterable

from glisson.streaming.app.answers import Header

_VARY = (b"vary", b"Origin")


class Origins:
    """The origins of the web's pages.

    Parameters
    ----------
    allowed : iterable of str
        ``https://host[:port]``.
    """

    def __init__(self, allowed: Iterable[str]) -> None:
        self._headers = {
            origin.encode(): (
                _VARY,
                (b"access-control-allow-origin", origin.encode()),
                (b"access-control-allow-credentials", b"true"),
            )
            for origin in allowed
        }

    def headers(self, origin: bytes) -> tuple[Header, ...]:
        """Return the headers that every answer to a request from this origin gets."""
        return self._headers.get(origin, (_VARY,))

    def __contains__(self, origin: bytes) -> bool:
        return origin in self._headers
