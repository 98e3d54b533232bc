"""What is shown in the sessions of a meeting: the floors above say it, the meeting page lists it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Show:
    """Something to see in a session."""

    title: str
    url: str
    words: str = ""
    level: str = ""


@dataclass(frozen=True)
class Shows:
    """What one floor has for the sessions asked about, and what the reader may add to a session."""

    by_session: dict[int, list[Show]]
    add_words: str = ""
    add_urls: dict[int, str] | None = None


Find = Callable[[Iterable[Any], Any], Shows]
"""A function of the sessions and the reader."""

_finders: list[Find] = []


def register(find: Find) -> None:
    """Let a floor name what it shows in sessions."""
    if find not in _finders:
        _finders.append(find)


def shows_of(sessions: Iterable[Any], person: Any) -> list[Shows]:
    """Everything the floors above have for these sessions."""
    sessions = list(sessions)
    return [find(sessions, person) for find in _finders]
