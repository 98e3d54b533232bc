"""The recording: every packet on disk as the encoder sent it, and what ``kill -9`` loses."""

from __future__ import annotations

import hashlib
import io
import threading
import time
from pathlib import Path

import av
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from . import clips, sources
from .glisson_live import GlissonLive
from .lengths import Lengths
from .row import Row

ID = "streaming.recording"
PART_MS = 334


def packets(file: str | io.BytesIO) -> dict[str, list[tuple[float, str]]]:
    """Return time (seconds) and checksum of each packet of a file, by kind of stream."""
    found: dict[str, list[tuple[float, str]]] = {"video": [], "audio": []}
    with av.open(file) as container:
        for packet in container.demux():
            if packet.size:
                moment = float((packet.pts or 0) * packet.time_base)
                found[packet.stream.type].append((moment, hashlib.sha256(bytes(packet)).hexdigest()))
    return found


def on_disk(folder: Path) -> bytes:
    """Return a feed's recording as one fragmented MP4: its first initialisation segment and its segments in order."""
    segments = sorted((path for path in folder.glob("*.m4s")), key=lambda path: int(path.stem))
    inits = sorted(folder.glob("init-*.mp4"), key=lambda path: int(path.stem.removeprefix("init-")))
    return inits[0].read_bytes() + b"".join(path.read_bytes() for path in segments)


def bit_exact() -> tuple[bool, str]:
    """Publish a clip once and compare every packet on disk with the clip's own."""
    with GlissonLive() as live, sources.once(clips.lean(), live.rtmp(live.key())) as source:
        live.wait_on_air()
        source.process.wait(clips.CLIP_SECONDS + 30)
        time.sleep(1)
        live.set_state("closed")
        time.sleep(2)
        taken = packets(io.BytesIO(on_disk(live.data / "recordings" / live.feeds[0] / "original")))
    sent = packets(str(clips.lean()))
    before = sum(moment < sent["video"][0][0] for moment, _ in sent["audio"])
    expected = {"video": _sums(sent["video"]), "audio": _sums(sent["audio"])[before:]}
    equal = {kind: _sums(taken[kind]) for kind in taken} == expected
    counts = ", ".join(f"{len(taken[kind])} of {len(expected[kind])} {kind} packets" for kind in expected)
    verdict = "all" if equal else "NOT all"
    return (
        equal,
        f"{counts} on disk, {verdict} bit-exact and in order ({before} of sound came before the first picture)",
    )


def _sums(found: list[tuple[float, str]]) -> list[str]:
    return [checksum for _, checksum in found]


class Witness(threading.Thread):
    """A viewer that remembers the number of the last fragment it was given."""

    def __init__(self, live: GlissonLive) -> None:
        super().__init__(daemon=True)
        self._live, self.last = live, 0

    def run(self) -> None:
        try:
            with connect(self._live.socket(), additional_headers=self._live.headers, max_size=None) as line:
                for message in line:
                    if isinstance(message, bytes):
                        self.last = max(self.last, last_sequence(message))
        except (ConnectionClosed, OSError):
            return


def last_sequence(data: bytes) -> int:
    """Return the number of the last fragment in some bytes (moof, mfhd), or 0."""
    at = data.rfind(b"mfhd")
    return int.from_bytes(data[at + 8 : at + 12], "big") if at >= 0 else 0


def lost_by_kill() -> tuple[float, str]:
    """Kill the live process while it records; return milliseconds that a viewer saw and the disk has not."""
    with GlissonLive() as live, sources.looped(clips.lean(), live.rtmp(live.key())):
        live.wait_on_air()
        witness = Witness(live)
        witness.start()
        time.sleep(8)
        assert live.program is not None
        live.program.kill()
        witness.join(5)
        folder = live.data / "recordings" / live.feeds[0] / "original"
        newest = max((path for path in folder.glob("*.m4s")), key=lambda path: int(path.stem))
        kept = max(last_sequence(newest.read_bytes()), 0)
        if kept == 0:
            kept = max(last_sequence(path.read_bytes()) for path in folder.glob("*.m4s"))
    lost = max(0, witness.last - kept)
    return (
        100.0 * lost,
        f"kill -9: a viewer had fragment {witness.last}, the disk {kept}: {lost} fragments of 100 ms lost",
    )


def run(lengths: Lengths) -> list[Row]:
    """Measure both; the kill as often as there are rounds."""
    exact, note = bit_exact()
    losses = [lost_by_kill() for _ in range(lengths.rounds)]
    worst = max(loss for loss, _ in losses)
    target = "bit-exact; kill -9 loses at most one part (334 ms)"
    notes = [note, *(text for _, text in losses)]
    return [Row(ID, worst, "ms lost", target, met=exact and worst <= PART_MS, notes=notes)]
