"""Real sources: files from ffmpeg, their packets by another demuxer, and ffmpeg as the encoder that publishes them."""

import asyncio
import shutil
import socket
import struct
import subprocess
from pathlib import Path

import av
import pytest

from glisson.streaming import flv
from glisson.streaming.rtmp import publisher

FFMPEG = shutil.which("ffmpeg")
PHANTOM = Path(__file__).parents[4] / "shared" / "data" / "rvim_endoscopy" / "phantom_instrument_50f.mp4"

needs_ffmpeg = pytest.mark.skipif(not FFMPEG, reason="ffmpeg is missing; on Debian: apt-get install ffmpeg")


def make(path, *, size="640x360", rate=30, seconds=4, video=("-g", "30"), audio=("-c:a", "aac")):
    """Encode a test picture, and a sine unless ``audio`` is None."""
    inputs = ["-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}"]
    if audio:
        inputs += ["-f", "lavfi", "-i", "sine=440:r=48000"]
    codec = ["-c:v", "libx264", "-preset", "veryfast", "-threads", "1", "-pix_fmt", "yuv420p", *video, *(audio or ())]
    command = [FFMPEG, "-v", "error", "-y", *inputs, "-t", str(seconds), *codec, str(path)]
    subprocess.run(command, check=True, timeout=60)
    return path


def demuxed(path):
    """What FFmpeg's own demuxer finds: {is video: [(data, key, dts ms, pts ms), ...]}, and the configurations."""
    found, configurations = {True: [], False: []}, {}
    with av.open(str(path)) as container:
        for stream in container.streams:
            configurations[stream.type] = stream.codec_context.extradata
        for packet in container.demux():
            if packet.size:
                video = packet.stream.type == "video"
                ms = [round(value * packet.time_base * 1000) for value in (packet.dts, packet.pts)]
                found[video].append((bytes(packet), packet.is_keyframe or not video, *ms))
    return found, configurations


def received(sink, *, video):
    """The same of what a sink got."""
    return [(p.data, p.key, p.dts // 90, p.pts // 90) for p in sink.packets if p.video is video]


def relative(packets, start):
    """Packets with their times counted from a common start: the publishing muxer may shift both streams alike."""
    return [(data, key, dts - start, pts - start) for data, key, dts, pts in packets]


def tags(path):
    """The tags of an FLV file: (type, ms, body)."""
    return [(kind, stamp, bytes(body)) for kind, stamp, body in flv.read_tags(memoryview(path.read_bytes())[13:])]


def as_messages(found, shift=0):
    """Tags as RTMP messages, in chunks of 4096."""
    write = {8: publisher.audio, 9: publisher.video}
    return b"".join(write[kind](stamp + shift, body) for kind, stamp, body in found if kind in write)


class Publishing:
    """ffmpeg at work."""

    def __init__(self, process):
        self.process = process

    async def end(self):
        """Wait for it; return its exit status and what it said."""
        _, said = await asyncio.wait_for(self.process.communicate(), 60)
        return self.process.returncode, said.decode()


async def publish(path, url, *, real_time=False, loop=False, options=()):
    """Publish a file untouched."""
    pace = (["-re"] if real_time else []) + (["-stream_loop", "-1"] if loop else [])
    command = [FFMPEG, "-v", "error", "-nostdin", *pace, "-i", str(path), "-c", "copy", *options, "-f", "flv", url]
    return Publishing(await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE))


async def until(condition, seconds=20):
    """Wait for something that must come."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


def reset(writer):
    """Close a connection the way a pulled cable and a crashed encoder do: with a reset."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
