"""Ours and the peer, measured in turns and in swapped order, so that a slow minute of the machine hits both."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from .audience import AudienceLost
from .lengths import Lengths
from .servers import PeerMissing

Result = TypeVar("Result")


@dataclass(slots=True)
class Turns(Generic[Result]):
    """The results of both sides, and what was worth saying."""

    ours: list[Result] = field(default_factory=list)
    peer: list[Result] = field(default_factory=list)
    peer_name: str = ""
    notes: list[str] = field(default_factory=list)


def in_turns(
    lengths: Lengths,
    ours: Callable[[], Result],
    peer: Callable[[], Result],
    peer_name: str,
    say: Callable[[Result], str] = str,
) -> Turns[Result]:
    """Measure both as often as the lengths say; a missing peer is named, and then only ours is measured."""
    turns: Turns[Result] = Turns(peer_name=peer_name)
    for number in range(lengths.rounds):
        order = (("ours", ours), ("peer", peer)) if number % 2 == 0 else (("peer", peer), ("ours", ours))
        for side, measure in order:
            if side == "peer" and turns.peer_name == "peer missing":
                continue
            _measure(turns, side, measure, say)
            gc.collect()
    return turns


def _measure(turns: Turns[Result], side: str, measure: Callable[[], Result], say: Callable[[Result], str]) -> None:
    load = os.getloadavg()[0]
    try:
        result = measure()
    except PeerMissing as missing:
        if side == "ours":
            raise
        turns.peer_name = "peer missing"
        turns.notes.append(str(missing))
    except AudienceLost as lost:
        turns.notes.append(f"{side}: the viewers lost it: {lost}")
    else:
        getattr(turns, side).append(result)
        turns.notes.append(f"{side}: {say(result)} (load {load:.1f})")
