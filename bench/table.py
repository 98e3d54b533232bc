"""The bench's rows as a Markdown table with their notes."""

from __future__ import annotations

from collections.abc import Sequence

from .row import Row

MET = {True: "yes", False: "**no**", None: "–"}


def printed(rows: Sequence[Row], heading: str) -> str:
    """Return the table, and below it what each figure rests on."""
    lines = [heading, "", "| id | value | peer | ratio | target | met |", "|---|---|---|---|---|---|"]
    for row in rows:
        peer = f"{_figure(row.peer_value)} ({row.peer})" if row.peer_value is not None else row.peer or "–"
        cells = [f"`{row.id}`", f"{_figure(row.value)} {row.unit}", peer, _figure(row.ratio), row.target, MET[row.met]]
        lines.append("| " + " | ".join(cells) + " |")
    lines.append("")
    for row in rows:
        lines += [f"- `{row.id}`", *(f"    - {note}" for note in row.notes)] if row.notes else []
    return "\n".join(lines) + "\n"


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
