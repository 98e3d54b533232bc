"""One publication: media messages become packets for the sink, and what is odd about them becomes troubles."""

from __future__ import annotations

from collections.abc import Callable

from glisson.streaming import aac, flv, h264
from glisson.streaming.packets import AudioConfig, Packet, Sink, Trouble, VideoConfig
from glisson.streaming.rtmp import troubles
from glisson.streaming.unwrap import Unwrapper

_TICKS_PER_MS = 90


class PublicationRefused(Exception):
    """The publication cannot go on; the trouble says what to set in the encoder."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.text)
        self.trouble = trouble


class Publication:
    """Translates for one sink.

    Pictures are held back until the first key frame after a configuration: nothing before it can be decoded. A
    configuration is passed on only when it differs from the last, since some encoders repeat it with every key frame.

    Parameters
    ----------
    sink : Sink
        Where packets go.

    Attributes
    ----------
    pictures : bool
        A picture, or its configuration, has come.
    started : bool
        A key frame, or sound where no picture has come, has been passed on.
    """

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.pictures = False
        self._sounds = False
        self._shown = False
        self._unwrap = Unwrapper()
        self._video: VideoConfig | None = None
        self._audio: AudioConfig | None = None
        self._length_size = 4
        self._awaiting_key = True
        self._noted: set[str] = set()

    @property
    def started(self) -> bool:
        return self._shown or (self._sounds and not self.pictures)

    def video(self, stamp: int, body: memoryview) -> None:
        """Take a video message.

        Parameters
        ----------
        stamp : int
            32-bit milliseconds.
        body : memoryview
            The message.

        Raises
        ------
        PublicationRefused
            The codec is not H.264, or its configuration is not usable.
        FlvError
            The message is malformed.
        """
        if not body:
            return
        tag = flv.read_video(body)
        if tag.other_tracks:
            self._note_once("several_tracks", troubles.several_tracks)
        if tag.kind is flv.Kind.OTHER or tag.kind is flv.Kind.END:
            return
        self.pictures = True
        if tag.codec != "avc1":
            raise PublicationRefused(troubles.video_codec(tag.codec))
        if tag.kind is flv.Kind.CONFIG:
            self._configure_video(tag.data)
        else:
            self._picture(stamp, tag)

    def _configure_video(self, avcc: bytes) -> None:
        if self._video is not None and self._video.avcc == avcc:
            return
        try:
            length_size = h264.read_avcc(avcc).length_size
            config = h264.video_config(avcc)
        except h264.H264Error as error:
            raise PublicationRefused(troubles.bad_video_config(str(error))) from error
        self._length_size = length_size
        self._video = config
        self._awaiting_key = True
        self.sink.configure_video(config)

    def _picture(self, stamp: int, tag: flv.Tag) -> None:
        if self._video is None or (self._awaiting_key and not tag.key) or not tag.data:
            return
        if not h264.well_framed(tag.data, self._length_size):
            self._note_once("broken_picture", troubles.broken_picture)
            return
        self._awaiting_key = False
        self._shown = True
        dts = self._time(stamp, tag)
        self.sink.take(Packet(True, dts, dts + tag.offset * _TICKS_PER_MS, tag.key, tag.data))

    def audio(self, stamp: int, body: memoryview) -> None:
        """Take an audio message. An empty one means silence and is nothing to pass on.

        Raises
        ------
        FlvError
            The message is malformed.
        """
        if not body:
            return
        tag = flv.read_audio(body)
        if tag.other_tracks:
            self._note_once("several_tracks", troubles.several_tracks)
        if tag.kind is flv.Kind.OTHER or tag.kind is flv.Kind.END:
            return
        if tag.codec != "mp4a":
            self._note_once("audio " + tag.codec, lambda: troubles.audio_codec(tag.codec))
        elif tag.kind is flv.Kind.CONFIG:
            self._configure_audio(tag.data)
        elif tag.data and self._audio is not None:
            self._sounds = True
            dts = self._time(stamp, tag)
            self.sink.take(Packet(False, dts, dts, True, tag.data))

    def _configure_audio(self, asc: bytes) -> None:
        if self._audio is not None and self._audio.asc == asc:
            return
        self._audio = None
        try:
            read = aac.read_asc(asc)
        except aac.AacError as error:
            what = f"AAC with a configuration that cannot be used ({error})"
            self._note_once("audio " + what, lambda: troubles.audio_codec(what))
            return
        if read.object_type not in aac.PLAYABLE:
            kind = f"AAC of a kind browsers do not play (object type {read.object_type})"
            self._note_once("audio " + kind, lambda: troubles.audio_codec(kind))
            return
        self._audio = aac.audio_config(asc)
        self.sink.configure_audio(self._audio)

    def _time(self, stamp: int, tag: flv.Tag) -> int:
        """Decoding time in ticks. Only frames move the clock: configurations often say 0, whatever the time is."""
        return self._unwrap(stamp) * _TICKS_PER_MS + round(tag.nanoseconds * _TICKS_PER_MS / 1_000_000)

    def _note_once(self, about: str, trouble: Callable[[], Trouble]) -> None:
        if about not in self._noted and len(self._noted) < 32:
            self._noted.add(about)
            self.sink.note(trouble())
