"""The ring of one rung of one feed: fragments, parts and segments, and waiting for the next of them."""

from __future__ import annotations

from dataclasses import dataclass, field


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
        Pictures in it.
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
    """Whole fragments concatenated: the unit of low-latency HLS, of the recording, and of revocation."""

    msn: int
    index: int
    init: int
    start: int
    clock: float
    discontinuous: bool
    fragments: list[Fragment] = field(default_factory=list)
    complete: bool = False

    @property
    def duration(self) -> int:
        """Length in 90 kHz ticks."""
        return sum(fragment.duration for fragment in self.fragments)

    @property
    def independent(self) -> bool:
        """True when it contains a key frame."""
        return any(fragment.independent for fragment in self.fragments)

    @property
    def data(self) -> bytes:
        """The bytes of the part."""
        return b"".join(fragment.data for fragment in self.fragments)


@dataclass(slots=True)
class Segment:
    """Parts up to the first key frame after the segment target."""

    msn: int
    init: int
    start: int
    clock: float
    discontinuous: bool
    discontinuity_sequence: int
    parts: list[Part] = field(default_factory=list)
    complete: bool = False
