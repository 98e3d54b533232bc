"""A row of the bench's table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Row:
    """One figure against its target.

    Parameters
    ----------
    id : str
        ``streaming.<name>``.
    value, peer_value, ratio : float or None
        Ours, the peer's, and ours divided by the peer's.
    unit, peer, target : str
        In words; a peer that is not installed reads "peer missing".
    met : bool or None
        None when it cannot be said: the peer is missing, or what is measured is not there.
    notes : list of str
        What a reader must know to judge the figure; printed below the table.
    """

    id: str
    value: float | None
    unit: str
    target: str
    peer: str = ""
    peer_value: float | None = None
    ratio: float | None = None
    met: bool | None = None
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, object]:
        """Return the eight fields that the results file promises."""
        names = ("id", "value", "unit", "peer", "peer_value", "ratio", "target", "met")
        return {name: _rounded(getattr(self, name)) for name in names}


def compared(value: float | None, peer_value: float | None, limit: float, *, most: bool = True) -> dict[str, object]:
    """Return ``ratio`` and ``met`` for a row whose target is a limit on the ratio to its peer."""
    if value is None or not peer_value:
        return {"ratio": None, "met": None}
    ratio = value / peer_value
    return {"ratio": ratio, "met": ratio <= limit if most else ratio >= limit}


def percentile(values: list[float], share: float) -> float:
    """Return the value below which ``share`` (0 to 1) of the values lie, by nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def middle(values: Sequence[float | None]) -> float | None:
    """Return the middle value of several runs; None when no run gave one."""
    known = [value for value in values if value is not None]
    return percentile(known, 0.5) if known else None


def _rounded(value: object) -> object:
    return float(f"{value:.4g}") if isinstance(value, float) else value
