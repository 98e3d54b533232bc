"""How long each row is measured: short by default, as long as the targets say with ``--full``."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lengths:
    """Seconds, counts and repetitions of a run.

    Parameters
    ----------
    full : bool
        The targets' own lengths: ten minutes without a stall, a million fuzzed sessions, five rounds.
    seconds : float
        Of one measurement, ``GLISSON_BENCH_SECONDS``.
    """

    full: bool
    seconds: float

    @classmethod
    def chosen(cls, full: bool) -> Lengths:
        """Return the lengths that the command line and the environment ask for."""
        return cls(full, float(os.environ.get("GLISSON_BENCH_SECONDS", "30" if full else "10")))

    @property
    def rounds(self) -> int:
        """How often ours and the peer are measured, in turns."""
        return 5 if self.full else 3

    @property
    def stall_seconds(self) -> float:
        """Of the rows that must not stall."""
        return 600 if self.full else max(45.0, 3 * self.seconds)

    @property
    def glass_seconds(self) -> float:
        """Of one glass-to-glass measurement, its first third being dropped."""
        return 60 if self.full else max(20.0, 2 * self.seconds)

    @property
    def fuzz_sessions(self) -> int:
        """Mutated RTMP sessions."""
        return 1_000_000 if self.full else 20_000

    @property
    def playlists(self) -> int:
        """Playlists through the validator; cheap enough to be the target's number always."""
        return 10_000

    def __str__(self) -> str:
        kind = "full length" if self.full else "short"
        return (
            f"{kind}: {self.rounds} rounds of {self.seconds:.0f} s, glass {self.glass_seconds:.0f} s, "
            f"stalls {self.stall_seconds:.0f} s, {self.fuzz_sessions:,} fuzzed sessions"
        )
