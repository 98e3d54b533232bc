"""What a ring holds: initialisation segments, fragments, parts, segments, and the news of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Init:
    """An initialisation segment and what a player must know before it.

    Parameters
    ----------
    number : int
        Counts up over the life of the feed; names the file ``init-<number>.mp4``.
    data : bytes
        ftyp and moov.
    codecs : str
        RFC 6381 list, for example ``avc1.640028,mp4a.40.2``.
    width, height : int
        Displayed size; 0 for sound alone.
    """

    number: int
    data: bytes
    codecs: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Fragment:
    """One moof and mdat of about 100 ms: what a WebSocket viewer gets in one message.

    Parameters
    ----------
    sequence : int
        Counts up by one over the life of the ring; the moof carries it too.
    init : int
        Number of the `Init` it is decoded with.
    data : bytes
        moof and mdat.
    frames : int
        Pictures in it (of sound alone: frames of sound).
    independent : bool
        True when its first picture is a key frame: a viewer may start here.
    start, duration : int
        Media time in 90 kHz ticks since the feed's epoch (equals tfdt), and length.
    clock : float
        Wall clock (seconds since 1970, UTC) of its first picture: the clock that keeps angles in step.
    discontinuous : bool
        True when the timeline broke before it (encoder gone and back, timestamps jumped, new configuration).
    msn, part : int
        The segment and the part of it that this fragment belongs to.
    """

    sequence: int
    init: int
    data: bytes
    frames: int
    independent: bool
    start: int
    duration: int
    clock: float
    discontinuous: bool
    msn: int
    part: int


@dataclass(slots=True)
class Part:
    """Whole fragments concatenated: the unit of low-latency HLS, of the recording, and of revocation.

    A part that a following rung could not fill (its worker was away) is a ``gap`` of ``gap_length`` ticks, no bytes.
    """

    msn: int
    index: int
    init: int
    start: int
    clock: float
    discontinuous: bool
    fragments: list[Fragment] = field(default_factory=list)
    complete: bool = False
    gap: bool = False
    gap_length: int = 0
    covered: bool = False
    joined: bytes | None = None

    @property
    def duration(self) -> int:
        """Length in 90 kHz ticks."""
        return self.gap_length if self.gap else sum(fragment.duration for fragment in self.fragments)

    @property
    def independent(self) -> bool:
        """True when it contains a key frame."""
        return any(fragment.independent for fragment in self.fragments)

    @property
    def data(self) -> bytes:
        """The bytes of the part; joined once when complete, since many viewers ask for the same."""
        if self.joined is not None:
            return self.joined
        data = b"".join([fragment.data for fragment in self.fragments])
        if self.complete:
            self.joined = data
        return data


@dataclass(slots=True)
class Segment:
    """Parts up to the first key frame after the segment target.

    ``discontinuity_sequence`` counts the discontinuities up to and including the one before this segment.
    """

    msn: int
    init: int
    start: int
    clock: float
    discontinuous: bool
    discontinuity_sequence: int
    parts: list[Part] = field(default_factory=list)
    complete: bool = False

    @property
    def duration(self) -> int:
        """Length so far in 90 kHz ticks."""
        return sum(part.duration for part in self.parts)

    @property
    def gap(self) -> bool:
        """True when none of it holds pictures or sound."""
        return bool(self.parts) and all(part.gap for part in self.parts)

    @property
    def data(self) -> bytes:
        """The bytes of the segment so far."""
        return b"".join([fragment.data for part in self.parts for fragment in part.fragments])


@dataclass(frozen=True, slots=True)
class RingState:
    """What a ring must remember over a restart of the process, so that no number is ever used twice.

    Parameters
    ----------
    epoch : float
        Wall clock of media time 0.
    msn, sequence, init : int
        The next segment, fragment and initialisation number.
    discontinuity_sequence : int
        Discontinuities so far.
    end : int
        Media time after the last fragment, in 90 kHz ticks.
    part_target : int
        Promised to the players for the life of the feed, in 90 kHz ticks.
    """

    epoch: float
    msn: int
    sequence: int
    init: int
    discontinuity_sequence: int
    end: int
    part_target: int


@dataclass(frozen=True, slots=True)
class RingEvent:
    """Something new in a ring, told to its synchronous listeners in order.

    ``init`` before the first fragment that needs it; ``fragment``; ``part`` and ``segment`` when complete; ``end``.
    """

    kind: Literal["init", "fragment", "part", "segment", "end"]
    init: Init | None = None
    fragment: Fragment | None = None
    part: Part | None = None
    segment: Segment | None = None
