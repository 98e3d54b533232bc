"""The five lives of a case: each floor above says what its life looks like, the case page shows them all.

A floor registers a function in its app's ``ready()``; a life nobody has registered is not part of this installation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Life:
    """One of the five: where it stands, and the one thing to do next."""

    code: str
    title: str
    state: str
    level: str = ""
    next_step: str = ""
    url: str = ""


Describe = Callable[[Any, Any], Life]
"""A function of the case and the reader."""

LIVES = {
    "theatre": (_("Theatre"), _("broadcast live, recorded and replayed")),
    "review": (_("Review"), _("its recording chaptered, discussed and rated")),
    "training": (_("Training"), _("counted in the logbooks of those who did a step of it")),
    "registry": (_("Registry"), _("with its outcomes, a row of a multicentre cohort")),
    "impact": (_("Impact"), _("perhaps a first for a hospital or a country")),
}

_described: dict[str, Describe] = {}


def register(code: str, describe: Describe) -> None:
    """Let a floor describe its life of a case."""
    if code not in LIVES:
        raise ValueError(f"{code!r} is not one of the lives {', '.join(LIVES)}.")
    _described[code] = describe


def lives_of(case: Any, person: Any) -> list[tuple[Life | None, str, str]]:
    """Each life in order: its description, or None where this installation has none; its title and what it is."""
    return [
        (_described[code](case, person) if code in _described else None, str(title), str(meaning))
        for code, (title, meaning) in LIVES.items()
    ]
