"""What one publication looks like from here, and what the technician should change in the encoder."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from glisson.streaming.packets import TICKS, AudioConfig, Packet, Trouble, VideoConfig

WINDOW = 5.0
"""Seconds over which bit rate and frame rate are measured."""

NOTE_SECONDS = 60.0
"""How long a passing trouble (a jump of the timestamps, a change of size) stays on the page."""

GAP_SECONDS = 1.0
SILENCE_DB = -60.0
SILENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without pictures: when it ended (Unix seconds), how long it was (seconds) and why."""

    at: float
    seconds: float
    reason: str

    def as_json(self) -> dict[str, object]:
        """Return the shape of the health document."""
        return {"at": self.at, "seconds": round(self.seconds, 2), "reason": self.reason}


def trouble_json(trouble: Trouble) -> dict[str, object]:
    """Return a trouble as the pages get it: they translate the code, the text is English."""
    return {"code": trouble.code, "text": trouble.text, "values": dict(trouble.values)}


class Health:
    """Watches the packets of one feed over all its publications.

    Parameters
    ----------
    keyframe_warning : float
        Seconds between key frames above which the technician is warned.
    now : callable
        Unix seconds; the tests' clock.
    """

    def __init__(self, *, keyframe_warning: float = 2.0, now: Callable[[], float] = time.time) -> None:
        self.keyframe_warning = keyframe_warning
        self.video: VideoConfig | None = None
        self.audio: AudioConfig | None = None
        self.level_db: float | None = None
        self.last_gap: Gap | None = None
        self._now = now
        self._notes: dict[str, tuple[float, Trouble]] = {}
        self._last_arrival: float | None = None
        self._silent_since: float | None = None
        self.begin()

    def begin(self) -> None:
        """Start measuring a new publication."""
        self._arrivals: deque[tuple[float, int]] = deque()
        self._bytes = 0
        self._stamps: deque[int] = deque(maxlen=300)
        self._keys: deque[int] = deque(maxlen=4)
        self._offsets: deque[int] = deque(maxlen=60)
        self.video = self.audio = None
        self._first: float | None = None
        self._last_key: float | None = None
        self._heard: float | None = None

    def configure_video(self, config: VideoConfig) -> None:
        """Remember the size, and say so when it changes in the middle."""
        before = self.video
        self.video = config
        if before and (before.width, before.height) != (config.width, config.height) and self._first is not None:
            self.note(
                Trouble(
                    "resolution_changed",
                    f"The picture changed from {before.width}x{before.height} to {config.width}x{config.height}. "
                    "Fix the output size in the encoder: every change interrupts the viewers for a moment.",
                    {"before": f"{before.width}x{before.height}", "after": f"{config.width}x{config.height}"},
                )
            )

    def configure_audio(self, config: AudioConfig) -> None:
        """Remember the sound's format."""
        self.audio = config

    def take(self, packet: Packet) -> None:
        """Measure one packet as it arrives."""
        now = self._now()
        if self._last_arrival is not None and now - self._last_arrival > GAP_SECONDS:
            reason = "encoder_gone" if self._first is None else "network"
            self.last_gap = Gap(now, now - self._last_arrival, reason)
        self._last_arrival = now
        if self._first is None:
            self._first = now
        self._arrivals.append((now, len(packet.data)))
        self._bytes += len(packet.data)
        if not packet.video:
            self._heard = now
            return
        self._stamps.append(packet.dts)
        self._offsets.append(packet.pts - packet.dts)
        if packet.key:
            self._keys.append(packet.dts)
            self._last_key = now

    def note(self, trouble: Trouble) -> None:
        """Keep something the way in noticed on the page for a minute."""
        self._notes[trouble.code] = (self._now(), trouble)

    def hear(self, level_db: float | None) -> None:
        """Take the sound level of the last second, in dB below full scale."""
        self.level_db = level_db
        if level_db is None or level_db > SILENCE_DB:
            self._silent_since = None
        elif self._silent_since is None:
            self._silent_since = self._now()

    def silent_for(self) -> float:
        """Seconds since the last packet of any kind; infinite before the first."""
        return float("inf") if self._last_arrival is None else self._now() - self._last_arrival

    @property
    def fps(self) -> float | None:
        """Frames a second by the encoder's own clock: the median step, so that one lost frame does not show."""
        if len(self._stamps) < 5:
            return None
        stamps = list(self._stamps)[-120:]
        # Stamps in whole milliseconds (33, 33, 34) make single steps wrong; five together are nearly right.
        steps = [late - early for early, late in zip(stamps[:-4], stamps[4:], strict=True) if late > early]
        return round(4 * TICKS / median(steps), 2) if steps else None

    @property
    def bitrate(self) -> int | None:
        """Bits a second over the last five seconds, pictures and sound together."""
        now = self._now()
        while self._arrivals and now - self._arrivals[0][0] > WINDOW:
            self._bytes -= self._arrivals.popleft()[1]
        if self._first is None or now - self._first < 1:
            return None
        return round(self._bytes * 8 / min(WINDOW, now - self._first))

    @property
    def keyframe_interval(self) -> float | None:
        """Seconds between the last two key frames, or since the last one when that is longer already."""
        if self._last_key is None:
            return None
        keys = list(self._keys)
        between = (keys[-1] - keys[-2]) / TICKS if len(keys) > 1 else None
        since = (self._stamps[-1] - keys[-1]) / TICKS
        if between is None:
            return round(since, 2) if since > 1.05 else None
        return round(max(between, since), 2)

    @property
    def b_frames(self) -> bool | None:
        """True when pictures are shown in another order than they arrive."""
        return len(set(self._offsets)) > 1 if len(self._offsets) > 10 else None

    def advice(self, *, publishing: bool) -> list[Trouble]:
        """Sentences that tell the technician what to change, the gravest first."""
        now = self._now()
        self._notes = {code: kept for code, kept in self._notes.items() if now - kept[0] < NOTE_SECONDS}
        found = [trouble for _, trouble in self._notes.values()]
        if publishing and self._first is not None:
            found = self._picture(now) + self._sound(now) + self._rate() + found
        seen: set[str] = set()
        return [one for one in found if not (one.code in seen or seen.add(one.code))]  # type: ignore[func-returns-value]

    def _picture(self, now: float) -> list[Trouble]:
        found = []
        interval = self.keyframe_interval
        if self._stamps and self._last_key is None and self._first is not None and now - self._first > 3:
            found.append(
                Trouble(
                    "no_keyframe",
                    f"No key frame has come in {now - self._first:.0f} s, so nobody can see the picture yet. "
                    "Set the keyframe interval to 1 s.",
                    {"seconds": round(now - self._first)},
                )
            )
        if interval is not None and interval > 1.15:
            grave = interval > self.keyframe_warning
            why = "viewers wait longer for their first picture and are further behind life."
            found.append(
                Trouble(
                    "keyframe_interval",
                    f"Set the keyframe interval to 1 s: it is {interval:.1f} s now, {why}",
                    {"seconds": round(interval, 1), "severity": "warning" if grave else "hint"},
                )
            )
        if self.b_frames:
            extra = round((max(self._offsets) - min(self._offsets)) / TICKS * 1000)
            found.append(
                Trouble(
                    "b_frames",
                    f"Switch B-frames off (tune zerolatency): they delay the picture by {extra} ms.",
                    {"milliseconds": extra},
                )
            )
        return found

    def _sound(self, now: float) -> list[Trouble]:
        started = self._first if self._first is not None else now
        if self._heard is None and now - started > 5:
            return [
                Trouble(
                    "no_audio", "There is no sound. Add an audio track in the encoder if one is wanted (AAC, 48 kHz)."
                )
            ]
        if self._silent_since is not None and now - self._silent_since > SILENCE_SECONDS:
            seconds = round(now - self._silent_since)
            return [
                Trouble(
                    "silent_audio",
                    f"The sound has been silent for {seconds} s. Check that the microphone is on and chosen.",
                    {"seconds": seconds},
                )
            ]
        return []

    def _rate(self) -> list[Trouble]:
        rate = self.bitrate
        if rate is None or self.video is None or self.silent_for() > GAP_SECONDS:
            return []
        megabits = round(rate / 1e6, 1)
        if self.video.height >= 720 and rate < 500_000:
            return [
                Trouble(
                    "low_bitrate",
                    f"Raise the bit rate to 4-6 Mbit/s: {rate // 1000} kbit/s is little for {self.video.height} lines.",
                    {"kilobits": rate // 1000, "lines": self.video.height},
                )
            ]
        if rate > 15_000_000:
            return [
                Trouble(
                    "high_bitrate",
                    f"Lower the bit rate to 6-8 Mbit/s: {megabits} Mbit/s is more than most viewers' lines can carry.",
                    {"megabits": megabits},
                )
            ]
        return []
