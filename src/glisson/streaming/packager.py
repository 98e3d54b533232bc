"""One publication after another of one feed: which tracks, which timeline, when a new section starts."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from glisson.streaming import mp4
from glisson.streaming.aac import AacError, read_asc
from glisson.streaming.cutter import Cutter
from glisson.streaming.packets import TICKS, AudioConfig, Packet, Trouble, VideoConfig
from glisson.streaming.ring import Ring
from glisson.streaming.timeline import JUMP_AHEAD, JUMP_BACK, SoundClock, Timeline, WallClock

WAIT_FOR_SOUND = TICKS // 2
"""So long the first key frame waits for the configuration of the sound, 90 kHz ticks."""
WAIT_FOR_PICTURES = TICKS
"""So much sound without any announcement of pictures makes a feed of sound alone, 90 kHz ticks."""
SOUND_LOST = TICKS
PICTURES_LOST = 2 * TICKS
"""A track that lags the other by more is gone: a section without it starts. 90 kHz ticks."""
STRAY = 50
"""So many frames of sound on another timeline than the pictures are no accident."""


class Packager:
    """Cuts what an encoder sends; one for each ring, called from the event loop.

    Parameters
    ----------
    ring : Ring
        Where the fragments go; it stays the same while encoders come and go.
    now : Callable
        The wall clock, seconds since 1970.
    """

    def __init__(self, ring: Ring, *, now: Callable[[], float] = time.time) -> None:
        self.ring = ring
        self.on_trouble: Callable[[Trouble], None] = lambda trouble: None
        self._now = now
        self._timeline = Timeline()
        self._wall = WallClock()
        self._cutter = Cutter(ring, self._wall.at)
        self._wanted_video: VideoConfig | None = None
        self._wanted_audio: AudioConfig | None = None
        self._video: VideoConfig | None = None
        self._audio: AudioConfig | None = None
        self._sound_gone = False
        self._stale = False
        self._running = False
        self._held: deque[tuple[Packet, float]] = deque()
        self._first_key: Packet | None = None
        self._came = 0.0
        self._spare: deque[Packet] = deque(maxlen=64)
        self._strays = 0
        self._picture_at = self._sound_at = 0
        self._picture_came = 0.0
        self._sound_shift = 0

    @property
    def on_packet(self) -> Callable[[Packet], None] | None:
        """Gets every packet that goes into a fragment, restamped to media time, just before the fragment appears.

        What feeds audio-only and low rungs.
        """
        return self._cutter.on_packet

    @on_packet.setter
    def on_packet(self, outlet: Callable[[Packet], None] | None) -> None:
        self._cutter.on_packet = outlet

    def configure_video(self, config: VideoConfig) -> None:
        """Take a sequence header; another one than before starts a new initialisation segment at the next key frame."""
        self._forget_stale()
        self._wanted_video = config

    def configure_audio(self, config: AudioConfig) -> None:
        """Take an AudioSpecificConfig; see `configure_video`."""
        self._forget_stale()
        self._wanted_audio = config

    def take(self, packet: Packet) -> None:
        """Take one frame; fragments appear in the ring as soon as their last frame is here."""
        if not packet.data:  # RTMP: a message without bytes means silence
            return
        now = self._now()
        if not self._running:
            self._hold(packet, now)
        elif packet.video:
            self._take_picture(packet, now)
        else:
            self._take_sound(packet, now)

    def break_timeline(self, reason: str) -> None:
        """The next packet belongs to a new publication: flush, then DISCONTINUITY at its first key frame.

        ``reason`` is for the reader of the caller. Configurations stay in force unless new ones are announced.
        """
        self.flush()
        self._running = False
        self._stale = True
        self._sound_gone = False
        self._first_key = None
        self._held.clear()
        self._spare.clear()
        self._sound_shift = self._strays = 0

    def flush(self) -> None:
        """Give out what waits and complete the growing segment (the encoder went, or the feed is closed)."""
        self._cutter.finish()

    def _forget_stale(self) -> None:
        """The first configuration of a publication ends those of the one before."""
        if self._stale:
            self._wanted_video = self._wanted_audio = None
            self._stale = False

    # -- before the first fragment of a publication ---------------------------------------------------------------

    def _hold(self, packet: Packet, now: float) -> None:
        if packet.video:
            self._hold_picture(packet, now)
        elif self._wanted_audio is not None:
            self._held.append((packet, now))
            held = packet.dts - self._held[0][0].dts
            if self._first_key is not None:
                return
            if self._wanted_video is None and held >= WAIT_FOR_PICTURES:
                self._begin(*self._held[0])
            elif held > 2 * TICKS:
                self._held.popleft()

    def _hold_picture(self, packet: Packet, now: float) -> None:
        if self._wanted_video is None or (self._first_key is None and not packet.key):
            return
        if self._first_key is None:
            self._first_key = packet
            self._came = now
        self._held.append((packet, now))
        waited = packet.dts - self._first_key.dts
        if self._wanted_audio is not None or waited >= WAIT_FOR_SOUND or now - self._came >= WAIT_FOR_SOUND / TICKS:
            self._begin(self._first_key, self._came)

    def _begin(self, first: Packet, came: float) -> None:
        """A publication gets its place on the feed's timeline, with the real gap since the one before."""
        ring = self.ring
        virgin = not ring.next_sequence
        if virgin:
            ring.epoch = came
        media = max(ring.end_time, round((came - ring.epoch) * TICKS)) if not virgin else 0
        self._timeline.begin(first.dts, first.pts, media)
        self._wall.anchor(media, came)
        self._picture_at = self._sound_at = media
        self._picture_came = came
        self._start_section(video=first.video, broken=not virgin, floor=media)
        self._running = True
        held, self._held = self._held, deque()
        for packet, arrival in held:
            if packet.video:
                self._take_picture(packet, arrival)
            else:
                self._take_sound(packet, arrival)

    def _start_section(self, *, video: bool, broken: bool, floor: int) -> None:
        self._video = self._wanted_video if video else None
        self._audio = None if self._sound_gone else self._wanted_audio
        if self._audio is None and self._video is None:
            self._audio = self._wanted_audio
        data = mp4.init_segment(self._video, self._audio)
        width, height = (self._video.width, self._video.height) if self._video else (0, 0)
        init = self.ring.add_init(data, mp4.codecs(self._video, self._audio), width, height)
        sound = sound_clock(self._audio, floor) if self._audio else None
        self._cutter.begin(init, video=self._video is not None, sound=sound, broken=broken)

    # -- running ----------------------------------------------------------------------------------------------------

    def _take_picture(self, packet: Packet, now: float) -> None:
        jumped = self._timeline.jumped(packet.dts, now)
        if self._video is None and packet.key:
            jumped = self._timeline.decoding(packet.dts) < self.ring.end_time - JUMP_BACK
        if jumped and (self._video is not None or packet.key):
            self._jump(packet, now)
        dts = self._timeline.decoding(packet.dts)
        pts = self._timeline.presentation(packet.pts)
        if self._video is not None:
            lag = dts - self._sound_at
            if self._audio is not None and lag > SOUND_LOST and not self._sound_gone:
                self._sound_gone = True
                self._tell("no_audio", "The sound has stopped; the picture goes on without it.", {})
        if packet.key and self._changed():
            self._renew(dts)
        if self._video is None or self._video != self._wanted_video:
            return
        self._picture_at, self._picture_came = dts, now
        self._wall.observe(dts, now)
        self._cutter.picture(dts, pts, packet.key, packet.data)

    def _changed(self) -> bool:
        wanted = None if self._sound_gone else self._wanted_audio
        return self._video != self._wanted_video or self._audio != wanted

    def _renew(self, dts: int) -> None:
        """A key frame with which other tracks or other parameters begin: DISCONTINUITY and a new initialisation."""
        self._cutter.finish(dts)
        self._start_section(video=True, broken=True, floor=max(dts, self.ring.end_time))
        spare, self._spare = list(self._spare), deque(maxlen=64)
        for packet in spare:
            media = self._timeline.presentation(packet.pts) + self._sound_shift
            if media >= dts:
                self._cutter.sound(media, packet.data)

    def _jump(self, packet: Packet, now: float) -> None:
        """The encoder's clock jumped: media time goes on by the time that really passed, after a DISCONTINUITY."""
        before = self._timeline.decoding(packet.dts)
        self._cutter.finish()
        media = max(self.ring.end_time, self._picture_at + round((now - self._picture_came) * TICKS))
        self._timeline.rebase(packet.dts, media)
        self._wall.anchor(media, now)
        self._sound_at = media
        self._sound_shift = self._strays = 0
        self._start_section(video=packet.video, broken=True, floor=media)
        seconds = round((before - media) / TICKS, 1)
        text = f"The encoder's timestamps jumped by {seconds} s; the picture goes on. Check its clock or its source."
        self._tell("timestamps_jumped", text, {"seconds": seconds})

    def _take_sound(self, packet: Packet, now: float) -> None:
        if self._wanted_audio is None:
            return
        alone = self._video is None
        if alone and self._timeline.jumped(packet.dts, now):
            self._jump(packet, now)
        media = self._timeline.presentation(packet.pts) + self._sound_shift
        if not alone and abs(media - self._picture_at) > PICTURES_LOST:
            if now - self._picture_came < PICTURES_LOST / TICKS:
                self._stray(media)
                return
            media = self._go_on_with_sound(packet, media, now)
            alone = True
        self._strays = 0
        self._sound_at = media
        if alone and self._audio != self._wanted_audio:
            self._cutter.finish()
            self._start_section(video=False, broken=True, floor=self.ring.end_time)
        self._sound_gone = False
        if self._audio != self._wanted_audio:
            self._spare.append(packet)  # the next key frame starts a section with it
            return
        if alone:
            self._picture_at, self._picture_came = media, now
            self._wall.observe(media, now)
        self._cutter.sound(media, packet.data)

    def _go_on_with_sound(self, packet: Packet, media: int, now: float) -> int:
        """The pictures have gone: a section of sound alone; return the packet's media time in it."""
        expected = self._picture_at + round((now - self._picture_came) * TICKS)
        self._timeline.jumped(packet.dts, now)  # from now on the sound leads
        if abs(media - expected) > JUMP_AHEAD:  # and its clock jumped as they went
            self._jump(packet, now)
            return self._timeline.presentation(packet.pts)
        self._cutter.finish()
        self._start_section(video=False, broken=True, floor=max(media, self.ring.end_time))
        return media

    def _stray(self, media: int) -> None:
        """Sound whose stamps are seconds away from the pictures': drop it, or, when it stays so, move it to them."""
        self._strays += 1
        if self._strays == STRAY:
            self._strays = 0
            self._sound_shift += self._picture_at - media
            text = "Sound and picture have different timestamps; the sound was moved to fit. Restart the encoder."
            self._tell("timestamps_jumped", text, {"seconds": round((media - self._picture_at) / TICKS, 1)})

    def _tell(self, code: str, text: str, values: dict[str, object]) -> None:
        self.on_trouble(Trouble(code, text, values))


def sound_clock(config: AudioConfig, floor: int) -> SoundClock:
    """A clock that places no sound before ``floor`` (90 kHz ticks)."""
    try:
        frame = read_asc(config.asc).frame_samples
    except AacError:
        frame = 1024
    clock = SoundClock(config.rate, frame)
    clock.begin(floor)
    return clock
