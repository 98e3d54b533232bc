"""From an encoder's stamps to the feed's media time, and from media time to the wall clock."""

from __future__ import annotations

from glisson.streaming.packets import TICKS

JUMP_BACK = TICKS // 2
"""A step back by more is a broken timeline (an encoder restarted its clock); less is jitter. 90 kHz ticks."""
JUMP_AHEAD = 2 * TICKS
"""So much more than the time that really passed is a broken timeline. 90 kHz ticks."""


class Timeline:
    """Maps stamps (90 kHz, unwrapped, the encoder's own origin) to media time since the feed's epoch.

    Decoding times get ``lead`` more than presentation times, so that a key frame is shown at its decoding time: with
    B-frames the composition offsets of the others are then negative, and no edit list is needed.
    """

    def __init__(self) -> None:
        self._offset = 0
        self._lead = 0
        self._last: int | None = None
        self._last_arrival = 0.0

    def begin(self, dts: int, pts: int, media: int) -> None:
        """A publication starts: its first key frame is shown at this media time."""
        self._offset = media - pts
        self._lead = max(pts - dts, 0)
        self._last = None

    def rebase(self, dts: int, media: int) -> None:
        """The encoder's clock jumped: a picture with this stamp is decoded at this media time from now on."""
        self._offset = media - dts - self._lead

    def decoding(self, dts: int) -> int:
        """Media time at which a picture with this stamp is decoded."""
        return dts + self._offset + self._lead

    def presentation(self, pts: int) -> int:
        """Media time at which a picture or sound with this stamp is shown."""
        return pts + self._offset

    def jumped(self, dts: int, arrival: float) -> bool:
        """Take note of a stamp of the leading track; True when it cannot belong to the same timeline."""
        last, self._last = self._last, dts
        passed = max(arrival - self._last_arrival, 0.0)
        self._last_arrival = arrival
        if last is None:
            return False
        return dts < last - JUMP_BACK or dts > last + JUMP_AHEAD + round(passed * TICKS)


class WallClock:
    """Wall clock of media time: anchored once a publication, advanced by media time, slewed slowly toward arrival.

    The smallest delay seen over the last seconds is what the line really takes; everything above it is queueing.
    After the anchor the correction may run at 1.5 % for twenty seconds (the first frames often come late), then at
    0.1 %, which is twenty times what two quartz clocks differ by.
    """

    FAST, SLOW, FAST_SECONDS, WINDOW = 0.015, 0.001, 20.0, 5.0

    def __init__(self) -> None:
        self._offset = 0.0
        self._anchored = 0.0
        self._last = 0.0
        self._window_end = 0.0
        self._smallest = 0.0
        self._smallest_before = 0.0

    def anchor(self, media: int, arrival: float) -> None:
        """A publication starts: this media time is now."""
        seconds = media / TICKS
        self._offset = self._smallest = self._smallest_before = arrival - seconds
        self._anchored = self._last = seconds
        self._window_end = seconds + self.WINDOW

    def observe(self, media: int, arrival: float) -> None:
        """A frame of this media time arrived; call with rising times."""
        seconds = media / TICKS
        delay = arrival - seconds
        if seconds >= self._window_end:
            self._smallest_before, self._smallest = self._smallest, delay
            self._window_end = seconds + self.WINDOW
        elif delay < self._smallest:
            self._smallest = delay

    def at(self, media: int) -> float:
        """Wall clock of a media time; never a jump between two calls with rising times."""
        seconds = media / TICKS
        passed = max(seconds - self._last, 0.0)
        self._last = max(seconds, self._last)
        rate = self.FAST if seconds - self._anchored < self.FAST_SECONDS else self.SLOW
        room = passed * rate
        wanted = min(self._smallest, self._smallest_before) - self._offset
        self._offset += min(max(wanted, -room), room)
        return self._offset + seconds


class FramePace:
    """The measured length of a frame (90 kHz ticks): follows stamps rounded to milliseconds, ignores single gaps."""

    def __init__(self) -> None:
        self.length = 0.0
        self._strange = 0

    def measure(self, step: int) -> None:
        """Take the distance between two frames."""
        if step <= 0:
            return
        if not self.length:
            self.length = float(step)
            return
        error = step - self.length
        if abs(error) * 2 < self.length:
            self.length += error / 8
            self._strange = 0
            return
        self._strange += 1
        if self._strange >= 4:
            self.length = float(step)
            self._strange = 0


class SoundClock:
    """Places frames of sound by counting samples, and returns to the stamps on loss or drift.

    Positions are contiguous: where sound is missing, the frame before the hole (or, at the start of a fragment, the
    first one after it) is declared longer, since a hole in decoding times makes browsers drop pictures too.
    """

    SLEW = 8
    """Samples a frame may be shortened by while the count is ahead of the stamps (0.8 %: nobody hears it)."""

    def __init__(self, rate: int, frame: int = 1024) -> None:
        self.rate = rate
        self.frame = frame
        self.next: int | None = None
        self._floor = 0
        self._drift = 0.0

    def begin(self, media: int) -> None:
        """No sound is placed before this media time (90 kHz ticks)."""
        self._floor = self.samples(media)

    def restart(self) -> None:
        """The next frame starts a section: it is placed by its stamp alone, never before what was given out."""
        if self.next is not None:
            self._floor = self.next
        self.next = None
        self._drift = 0.0

    def samples(self, media: int) -> int:
        """Media time in samples."""
        return (media * self.rate + TICKS // 2) // TICKS

    def ticks(self, position: int) -> int:
        """A position in samples as media time in 90 kHz ticks."""
        return (position * TICKS + self.rate // 2) // self.rate

    def place(self, media: int) -> tuple[int, int] | None:
        """Return the hole to bridge before this frame and the frame's length, in samples; None: drop the frame.

        Parameters
        ----------
        media : int
            Where the stamp says the frame belongs, 90 kHz ticks.
        """
        wanted = self.samples(media)
        if self.next is None:
            if wanted + self.frame // 2 < self._floor:
                return None
            wanted = max(wanted, self._floor)
            self.next = wanted
        error = wanted - self.next
        if error < -4 * self.frame:
            return None  # what is played at that time has been sent already
        if error > 2 * self.frame:
            self._drift = 0.0
            self.next = wanted + self.frame
            return error, self.frame
        self._drift += (error - self._drift) / 16
        if self._drift > 0.6 * self.frame:
            hole, self._drift = round(self._drift), 0.0
            self.next += hole + self.frame
            return hole, self.frame
        length = self.frame - (self.SLEW if self._drift < -0.6 * self.frame else 0)
        self.next += length
        return 0, length
