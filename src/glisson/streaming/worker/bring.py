"""The workers that fetch: open a source with FFmpeg's demuxers and hand on its pictures and sound, in real time."""

from __future__ import annotations

import contextlib
import ctypes
import signal
import subprocess
import time
from collections.abc import Callable
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container.input import InputContainer
from av.stream import Discard
from av.video.stream import VideoStream

from glisson.streaming.packets import TICKS
from glisson.streaming.worker.messages import Kind, Message, report
from glisson.streaming.worker.passages import (
    MadeAudio,
    MadeVideo,
    PassedAudio,
    PassedVideo,
    passage_for,
    transcoding_report,
)
from glisson.streaming.worker.pipes import ChunkFile, end_with_stdin, write_message

PROTOCOLS = {
    "rtsp": "rtsp,rtp,tcp,udp",
    "rtsps": "rtsp,rtsps,rtp,tcp,udp,tls",
    "http": "http,https,tcp,tls,crypto",
    "https": "http,https,tcp,tls,crypto",
}
"""What a source of each scheme may open. No ``file``, ``concat``, ``data`` or ``subfile``: a playlist fetched from
elsewhere must not read this computer."""
FORMATS = "rtsp,sdp,rtp,hls,mpegts,mov,flv,live_flv,matroska,webm,nut,mpeg"
OPEN_TIMEOUT = 10.0
READ_TIMEOUT = 10.0
AHEAD = 0.04
"""Seconds a paced packet may come early: sleeping for less is not worth waking up for."""
JUMP = 10 * TICKS


class Pace:
    """Lets packets through no faster than they are to be shown.

    Parameters
    ----------
    speed : float
        Media seconds a second. Files: exactly 1. Playlists and live HTTP: a little more, so that a source whose
        clock runs faster than ours cannot fill the line's buffers over a day.
    """

    def __init__(
        self,
        speed: float = 1.0,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._speed, self._now, self._sleep = speed, now, sleep
        self._anchor: tuple[int, float] | None = None
        self._last = 0

    def wait(self, dts: int) -> None:
        """Wait until the moment of ``dts`` (ticks); a source that is late is never made to catch up in a rush."""
        now = self._now()
        if self._anchor is None or abs(dts - self._last) > JUMP:
            self._anchor = dts, now
        self._last = dts
        early = self._anchor[1] + (dts - self._anchor[0]) / TICKS / self._speed - now
        if early > AHEAD:
            self._sleep(early)
        elif early < -1:
            self._anchor = dts, now


def bring_url(arguments: dict[str, Any]) -> None:
    """Fetch ``url``; the end is told as a message whose text says what the source said."""
    end_with_stdin()
    url, scheme = str(arguments["url"]), str(arguments["url"]).split(":", 1)[0].lower()
    options = {
        "protocol_whitelist": PROTOCOLS[scheme],
        "format_whitelist": FORMATS,
        "analyzeduration": "2000000",
        "probesize": "3000000",
    }
    live = scheme in ("rtsp", "rtsps")
    if live:
        # Without a buffer, what was read to find out about the source is dropped: it is old by then, and handed on in a
        # rush it would put the clock of the feed behind.
        options |= {"rtsp_flags": "prefer_tcp", "fflags": "nobuffer"}
    else:
        options |= {"user_agent": "Glisson"}
    hand_on(lambda: av.open(url, "r", options=options, timeout=(OPEN_TIMEOUT, READ_TIMEOUT)), paced=not live)


def bring_srt(arguments: dict[str, Any]) -> None:
    """Listen for one SRT caller with Debian's ffmpeg and hand on what it sends.

    The address and the passphrase go to ffmpeg by its stdin, as a list of one: everybody on this computer can read a
    command line. NUT between ffmpeg and us keeps the stamps and, unlike MPEG-TS, adds no frame of delay.
    """
    command = [str(arguments["ffmpeg"]), "-hide_banner", "-nostats", "-loglevel", "warning"]
    command += ["-fflags", "nobuffer", "-analyzeduration", "1500000", "-probesize", "2000000"]
    command += ["-f", "concat", "-safe", "0", "-protocol_whitelist", "pipe,srt", "-i", "pipe:0"]
    command += ["-map", "0:v:0", "-map", "0:a:0?", "-c", "copy", "-flush_packets", "1", "-f", "nut", "pipe:1"]
    ffmpeg = subprocess.Popen(  # noqa: S603 (a fixed command; nothing of it comes from outside)
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=_die_with_parent
    )
    assert ffmpeg.stdin is not None
    assert ffmpeg.stdout is not None
    listing = f"ffconcat version 1.0\nfile 'srt://{arguments['host']}:{int(arguments['port'])}'\n"
    for name, value in {"mode": "listener", "latency": "120000", "passphrase": arguments["passphrase"]}.items():
        listing += f"option {name} '{_quoted(str(value))}'\n"
    ffmpeg.stdin.write(listing.encode())
    ffmpeg.stdin.close()

    def end() -> None:
        ffmpeg.kill()
        ffmpeg.wait()

    end_with_stdin(end)
    try:
        hand_on(lambda: av.open(ffmpeg.stdout, "r", format="nut", options={"analyzeduration": "500000"}), paced=False)
    finally:
        end()


def _quoted(text: str) -> str:
    """Write text inside the single quotes of an ffconcat line."""
    return text.replace("'", "'\\''")


def _die_with_parent() -> None:
    """Have Linux end ffmpeg when this worker is killed, so that the port is free for its successor."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def bring_chunks(arguments: dict[str, Any]) -> None:
    """Hand on what is in the container whose bytes come as messages (a browser's MediaRecorder)."""
    options = {"analyzeduration": "500000", "probesize": "65536", "fflags": "nobuffer"}
    container = str(arguments["format"])
    hand_on(lambda: av.open(ChunkFile(), "r", format=container, options=options, buffer_size=4096), paced=False)


def hand_on(open_source: Callable[[], InputContainer], *, paced: bool) -> None:
    """Open a source and write its packets until it ends; the reason goes out as the last message."""
    try:
        with open_source() as container:
            reason = _hand_on(container, paced)
    except av.error.FFmpegError as error:
        reason = error.strerror or type(error).__name__
    write_message(Message(Kind.END, reason.encode()))


def _hand_on(container: InputContainer, paced: bool) -> str:
    video = container.streams.best("video")
    if not isinstance(video, VideoStream):
        return "it holds no pictures"
    audio = container.streams.best("audio", related=video)
    chosen: list[VideoStream | AudioStream] = [video]
    if isinstance(audio, AudioStream):
        chosen.append(audio)
    for stream in container.streams:
        if stream not in chosen:
            stream.discard = Discard.all  # or HLS would download every variant
    passages = {stream.index: passage_for(stream) for stream in chosen}
    for stream in chosen:
        if isinstance(passages[stream.index], MadeVideo | MadeAudio):
            write_message(transcoding_report(stream))
    write_message(report(open=container.format.name))
    pace = Pace(1.0 if container.duration else 1.01) if paced else None
    for packet in container.demux(chosen):
        if packet.size == 0:
            continue
        for message in _through(passages[packet.stream_index], packet):
            if pace is not None and message.kind in (Kind.VIDEO, Kind.AUDIO):
                pace.wait(message.dts)
            write_message(message)
    return "the source ended"


def _through(passage: PassedVideo | MadeVideo | PassedAudio | MadeAudio, packet: Any) -> Any:
    return passage.take(packet)
