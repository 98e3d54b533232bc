"""Doors, sinks and encoders without sockets."""

import hmac

from glisson.streaming import amf0
from glisson.streaming.packets import Refused, Trouble
from glisson.streaming.rtmp.chunks import ChunkReader
from glisson.streaming.rtmp.limits import Limits
from glisson.streaming.rtmp.line import Line
from glisson.streaming.rtmp.session import Session

KEY = "laparoscope-correct-horse"
AVCC_360P = bytes.fromhex("0164001effe100196764001eacd940a02ff9610000030001000003003c0f162d9601000468ef8fcbfdf8f800")
AVCC_720P = bytes.fromhex("0164001fffe100196764001facd9405005ba10000003001000000303c0f183196001000468ef8fcbfdf8f800")
AAC_48K_STEREO = bytes.fromhex("1190")


class Notebook:
    """A sink that writes everything down."""

    def __init__(self):
        self.hang_up = None
        self.videos, self.audios, self.packets, self.notes, self.ends = [], [], [], [], []
        self.on_take = lambda packet: None

    @property
    def pictures(self):
        return [packet for packet in self.packets if packet.video]

    @property
    def sounds(self):
        return [packet for packet in self.packets if not packet.video]

    def configure_video(self, config):
        assert not self.ends
        self.videos.append(config)

    def configure_audio(self, config):
        assert not self.ends
        self.audios.append(config)

    def take(self, packet):
        assert not self.ends
        self.packets.append(packet)
        self.on_take(packet)

    def note(self, trouble):
        assert not self.ends
        self.notes.append(trouble)

    def end(self, reason):
        self.ends.append(reason)


class OneAtATime:
    """A door that knows some keys and lets one publisher in on each."""

    def __init__(self, *keys):
        self.keys = keys or (KEY,)
        self.sinks = []
        self.asked = []
        self._inside = {}

    def admit(self, key, *, way, peer):
        self.asked.append((key, way, peer))
        if not any(hmac.compare_digest(key.encode(), known.encode()) for known in self.keys):
            raise Refused(Trouble("wrong_key", "This stream key is not known."))
        if key in self._inside and not self._inside[key].ends:
            raise Refused(Trouble("second_publisher", "Another encoder is already sending with this stream key."))
        sink = self._inside[key] = Notebook()
        self.sinks.append(sink)
        return sink


class Encoder:
    """A session with the wire taken apart: what was written, whether it was closed, and a clock to turn."""

    def __init__(self, door, limits):
        self.written = bytearray()
        self.closed = 0
        self.refusals = []
        self.clock = 100.0
        self.door = door
        line = Line(self.written.extend, self._close, lambda: self.clock, "10.0.0.7:4321", "rtmp", self._refused)
        self.session = Session(door, limits, line)

    def _close(self):
        self.closed += 1

    def _refused(self, key, peer, trouble):
        self.refusals.append((key, peer, trouble.code))

    def send(self, *pieces):
        for piece in pieces:
            self.session.receive(piece)
        return self

    def overdue(self, seconds):
        trouble = self.session.overdue(self.clock + seconds)
        return trouble.code if trouble else None

    @property
    def heard(self):
        """Messages from the server: (type, stream, body), commands decoded."""
        found = []

        def keep(kind, stamp, stream, payload):
            found.append((kind, stream, amf0.decode(payload) if kind == 20 else bytes(payload)))

        reader = ChunkReader(Limits(), keep)
        reader.trust()
        reader.feed(bytes(self.written[1 + 2 * 1536 :]))
        return found

    @property
    def statuses(self):
        return [body[3] for kind, _, body in self.heard if kind == 20 and body[0] == "onStatus"]

    @property
    def codes(self):
        return [status["code"] for status in self.statuses]
