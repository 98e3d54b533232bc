"""Clocks that wrap: 32-bit milliseconds made into a count that only the encoder can turn back (RFC 1982)."""

from __future__ import annotations

_HALF = 1 << 31
_SLACK = 60_000
_MASK = (1 << 32) - 1


class Unwrapper:
    """Follow a 32-bit serial number over its wraps.

    RTMP stamps roll over after 49 d 17 h 2 min 47.296 s. A step of less than 2^31 forward is progress, anything else a
    step back (RFC 1982, serial number arithmetic). Sound and pictures of one publication share one unwrapper, since
    they wrap a moment apart and must stay together.

    FFmpeg and OBS use only 31 bits (24 d 20 h): a step within a minute of 2^31 either way, of which RFC 1982 says
    nothing useful, is taken for such a wrap.
    """

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: int | None = None

    def __call__(self, stamp: int) -> int:
        """Return the 64-bit count for a stamp.

        Parameters
        ----------
        stamp : int
            The 32-bit value on the wire.

        Returns
        -------
        int
            The value nearest to the one returned before; the first stamp is returned as it is. May be negative when
            an encoder steps back behind its own beginning.
        """
        last = self._last
        if last is None:
            self._last = stamp
            return stamp
        step = (stamp - last) & _MASK
        if _HALF - _SLACK < step < _HALF + _SLACK:
            step -= _HALF
        elif step >= _HALF:
            step -= _MASK + 1
        self._last = last + step
        return self._last
