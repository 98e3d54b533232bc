"""A million mutated RTMP sessions against the session, in one process and without sockets (`streaming.fuzz`).

    python bench/fuzz_rtmp.py                      # 1,000,000 sessions, JSON on standard output
    python bench/fuzz_rtmp.py --only 4711          # one of them again, with its traceback

Every session is one of several well-formed ones, damaged by bit flips, odd numbers, cuts, repeats, splices and noise,
and fed in pieces. Nothing may escape from the session but its own refusals; what it holds in memory stays within its
limits; a sink is ended exactly once and hears nothing after it; and no packet reaches a sink unless the right key was
on the wire. Exit status 1 if any of that fails.
"""

from __future__ import annotations

import argparse
import collections
import json
import random
import resource
import sys
import time
import traceback

from glisson.streaming import amf0
from glisson.streaming.packets import Refused, Trouble
from glisson.streaming.rtmp import chunks, publisher
from glisson.streaming.rtmp.chunks import write_message
from glisson.streaming.rtmp.limits import Limits
from glisson.streaming.rtmp.line import Line
from glisson.streaming.rtmp.session import Session

KEY = "feed7q-right-and-secret"
WRONG = "feed7q-wrong-but-close!"
AVCC = bytes.fromhex("0164001effe100196764001eacd940a02ff9610000030001000003003c0f162d9601000468ef8fcbfdf8f800")
ASC = bytes.fromhex("1190")
LIMITS = Limits()
ODD = (
    0,
    1,
    2,
    3,
    127,
    128,
    255,
    256,
    4096,
    65535,
    65536,
    0xFFFFFE,
    0xFFFFFF,
    0x1000000,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFFF,
)
GREETING = len(publisher.greeting())
OPENING = len(publisher.opening(KEY))
MOST_GROWTH = 64 * 1024 * 1024


class Damage(AssertionError):
    """A session broke a promise."""


class Sink:
    """Counts, and notices calls that must not come."""

    def __init__(self):
        self.hang_up = None
        self.packets = 0
        self.ended = 0

    def configure_video(self, config):
        self._alive()
        if not (0 < config.width <= 16_384 and 0 < config.height <= 16_384):
            raise Damage(f"a picture of {config.width} by {config.height}")

    def configure_audio(self, config):
        self._alive()

    def take(self, packet):
        self._alive()
        self.packets += 1
        if not packet.data:
            raise Damage("an empty packet")

    def note(self, trouble):
        self._alive()

    def end(self, reason):
        self._alive()
        self.ended += 1

    def _alive(self):
        if self.ended:
            raise Damage("a call after the end")


class Door:
    """Knows one key."""

    def __init__(self):
        self.sinks = []

    def admit(self, key, *, way, peer):
        if key != KEY:
            raise Refused(Trouble("wrong_key", "This stream key is not known."))
        self.sinks.append(Sink())
        return self.sinks[-1]


def nals(*units):
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)


def media(base=0, *, enhanced=False, step=33):
    """Write a second or so of pictures and sound."""
    idr, inter = nals(b"\x65" + bytes(range(180))), nals(b"\x41" + bytes(range(70)))
    if enhanced:
        yield publisher.video(base, b"\x90avc1" + AVCC)
        yield publisher.audio(base, b"\x90mp4a" + ASC)
        yield publisher.video(base, b"\x91avc1\x00\x00\x21" + idr)
        yield publisher.video(base + step, b"\xa7\x02\x00\x10\x00\x03avc1" + inter)
        yield publisher.video(base + 2 * step, b"\xa6\x13avc1\x00\x00\x00\x4b" + inter + b"\x01\x00\x00\x4b" + inter)
        yield publisher.audio(base + 21, b"\x95\x01mp4a\x00frame")
        yield publisher.audio(base + 42, b"\x90OpusOpusHead")
        return
    yield publisher.video(base, publisher.avc_config(AVCC))
    yield publisher.audio(base, publisher.aac_config(ASC))
    yield publisher.video(base, publisher.avc_picture(idr, key=True, offset=66))
    for frame in range(1, 5):
        yield publisher.audio(base + frame * 21, publisher.aac_frame(b"sound" * 8))
        yield publisher.video(base + frame * step, publisher.avc_picture(inter, key=False, offset=-33 + frame))


def seeds():
    """Write the well-formed sessions that mutation starts from."""
    greeting, close = publisher.greeting(), publisher.closing(KEY)
    small = write_message(chunks.SET_CHUNK_SIZE, (128).to_bytes(4, "big"), chunk_stream=2, chunk_size=4096)
    ping = write_message(chunks.USER_CONTROL, b"\x00\x06\x00\x00\x00\x01", chunk_stream=2, chunk_size=4096)
    abort = write_message(chunks.ABORT, (6).to_bytes(4, "big"), chunk_stream=2, chunk_size=4096)
    window = write_message(chunks.WINDOW_SIZE, (1000).to_bytes(4, "big"), chunk_stream=2, chunk_size=4096)
    metadata = write_message(
        18,
        amf0.encode("@setDataFrame", "onMetaData", amf0.EcmaArray({"width": 1920.0, "encoder": "x", "a": [1.0, None]})),
        chunk_stream=4,
        message_stream=1,
        chunk_size=4096,
    )
    listed = {"fourCcList": ["avc1", "hvc1"], "capsEx": 15.0, "videoFourCcInfoMap": {"*": 7.0}}
    tags = [(9, 5, publisher.avc_picture(nals(b"\x65key"), key=True)), (8, 9, publisher.aac_frame(b"a")), (18, 9, b"x")]
    late = 0xFFFFFFF0
    talk = [
        publisher.opening(KEY) + metadata + b"".join(media()) + close,
        publisher.opening(KEY, properties=listed) + b"".join(media(enhanced=True)) + ping,
        publisher.opening(KEY) + b"".join(media(late)) + publisher.aggregate(late + 200, tags) + close,
        publisher.opening(KEY) + window + ping + abort + b"".join(media(20_000_000)) + abort + close,
        publisher.opening(KEY, chunk_size=60_000)
        + b"".join(media()) + small
        + publisher.video(900, publisher.avc_picture(nals(b"\x65" + bytes(400)), key=True), chunk_size=128)
        + publisher.audio(0x1000000, publisher.aac_frame(bytes(300)), chunk_size=128),
        publisher.opening(KEY) + publisher.video(0, b"\x90hvc1hvcC") + b"".join(media()),
        publisher.opening(KEY) + b"".join(media()) + close + publisher.opening(KEY) + b"".join(media()),
        publisher.opening(WRONG) + b"".join(media()) + close,
        publisher.opening(WRONG, properties=listed) + b"".join(media(enhanced=True)) + publisher.opening(WRONG),
        publisher.opening(KEY, app="other") + b"".join(media()),
        b"".join(media()) + close,
    ]  # fmt: skip
    return [greeting + words for words in talk]


def mutate(wire, others, chance):
    """Damage a session in one to six places, mostly behind the handshake."""
    wire = bytearray(wire)
    behind = chance.choice((GREETING, GREETING + OPENING))  # half of them get as far as their media
    for _ in range(chance.randint(1, 6)):
        begin = behind if chance.random() < 0.97 and len(wire) > behind else 0
        if begin >= len(wire):
            break
        at = chance.randrange(begin, len(wire))
        what = chance.randrange(9)
        if what == 0:
            wire[at] ^= 1 << chance.randrange(8)
        elif what == 1:
            wire[at] = chance.randrange(256)
        elif what == 2:
            width = chance.choice((1, 2, 3, 4))
            wire[at : at + width] = (chance.choice(ODD) & ((1 << 8 * width) - 1)).to_bytes(width, "big")
        elif what == 3:
            del wire[at : at + chance.randint(1, 64)]
        elif what == 4:
            wire[at:at] = wire[at : at + chance.randint(1, 200)] * chance.randint(1, 4)
        elif what == 5:
            wire[at:at] = chance.randbytes(chance.randint(1, 40))
        elif what == 6:
            del wire[at:]
        elif what == 7:
            other = chance.choice(others)
            wire[at:] = other[chance.randrange(GREETING, len(other)) :]
        else:
            to = chance.randrange(begin, len(wire))
            piece = bytes(wire[to : to + 32])
            wire[at : at + 32] = piece
    return bytes(wire)


def run(wire, chance, tally):
    """Feed one session in pieces; raise whatever goes wrong."""
    door, written, closed, codes = Door(), [], [], []
    line = Line(
        written.append,
        lambda: closed.append(1),
        lambda: 0.0,
        "peer",
        "rtmp",
        lambda key, peer, why: codes.append(why.code),
    )
    session = Session(door, LIMITS, line)
    cuts = sorted(chance.randrange(len(wire) + 1) for _ in range(chance.randrange(4)))
    for start, stop in zip([0, *cuts], [*cuts, len(wire)], strict=True):
        session.receive(wire[start:stop])
        tally["most_buffered"] = max(tally["most_buffered"], session.buffered)
    session.overdue(1e9)
    session.lost("The end.")
    packets = sum(sink.packets for sink in door.sinks)
    if packets and KEY.encode() not in wire:
        tally["wrong_key_media"] += 1
        raise Damage("packets without the right key on the wire")
    if any(sink.ended != 1 for sink in door.sinks):
        raise Damage("a sink was not ended exactly once")
    if len(closed) > 1 or len(codes) > 1:
        raise Damage("closed or refused twice")
    if session.buffered > LIMITS.buffered or sum(map(len, written)) > 8192 + 8 * len(wire):
        raise Damage("more memory than the limits allow")
    tally["admitted"] += bool(door.sinks)
    tally["with_media"] += bool(packets)
    tally["packets"] += packets
    tally["refused_" + codes[0] if codes else "not_refused"] += 1


def one(seed, index, talks, tally):
    chance = random.Random(seed * 1_000_003 + index)
    run(mutate(chance.choice(talks), talks, chance), chance, tally)


def resident():
    """Return the memory in use now, in bytes."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def fuzz(sessions, seed=1, progress=False):
    """Run sessions and return the figures."""
    talks, tally, crashes = seeds(), collections.Counter(most_buffered=0, wrong_key_media=0), []
    began, settled = time.perf_counter(), resident()
    for index in range(sessions):
        try:
            one(seed, index, talks, tally)
        except Exception as error:
            crashes.append({"session": index, "error": "".join(traceback.format_exception_only(error)).strip()})
            if len(crashes) >= 20:
                break
        if index == sessions // 20:
            settled = resident()
        if progress and index % 50_000 == 0 and index:
            print(f"{index} sessions, {len(crashes)} crashes, {resident() >> 20} MiB", file=sys.stderr)
    seconds = time.perf_counter() - began
    growth = resident() - settled
    return {
        "id": "streaming.fuzz",
        "sessions": index + 1,
        "seed": seed,
        "crashes": len(crashes),
        "first_crashes": crashes,
        "wrong_key_media": tally.pop("wrong_key_media"),
        "memory_growth_bytes": growth,
        "memory_peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "most_buffered_bytes": tally.pop("most_buffered"),
        "seconds": round(seconds, 1),
        "sessions_a_second": round((index + 1) / seconds),
        "reached": dict(sorted(tally.items())),
        "passed": not crashes and growth < MOST_GROWTH,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="run only the session of this number, and let its error out")
    options = parser.parse_args()
    if options.only is not None:
        one(options.seed, options.only, seeds(), collections.Counter(most_buffered=0))
        return
    result = fuzz(options.sessions, options.seed, progress=True)
    print(json.dumps(result, indent=2))
    sys.exit(0 if result["passed"] else 1)


if __name__ == "__main__":
    main()
