"""One row of the access table: a URL, and what each of the personas gets from it.

Every app keeps its rows in a file of its own beside this one, as ``ROWS``; ``tests/web/test_access.py`` tries them all
and fails when a URL has no row.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

ROLES = ("anonymous", "dina", "chen", "farid", "bob", "eva", "grace", "alice")
"""Nobody; an outsider; a trainee and a surgeon of member hospitals; the chair hospital's surgeon and its theatre
technician; the director; the chair of the alliance."""


@dataclass(frozen=True)
class Row:
    name: str
    statuses: dict[str, int]
    args: Callable[[Any], list] = field(default=lambda world: [])
    method: str = "get"
    data: Callable[[Any], dict] = field(default=lambda world: {})
    settings: dict[str, Any] = field(default_factory=dict)

    def expected(self, role: str) -> int:
        return self.statuses[role] if role in self.statuses else self.statuses["others"]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.name}"


def row(name, args=None, *, method="get", data=None, settings=None, **statuses):
    """``row("alliance:alliance", of("northern"), anonymous=302, dina=404, others=200)``.

    ``others`` is everyone who is not named. ``args`` and ``data`` are functions of the world, whose attributes are the
    fixtures of the same name.
    """
    unknown = set(statuses) - {*ROLES, "others"}
    assert not unknown, f"{name}: nobody is called {unknown}"
    assert "others" in statuses or set(statuses) == set(ROLES), f"{name}: say what the others get"
    return Row(name, statuses, args or (lambda world: []), method, data or (lambda world: {}), settings or {})


def of(*fixtures):
    """The codes of the named fixtures, as the arguments of a URL."""
    return lambda world: [getattr(world, fixture).code for fixture in fixtures]
