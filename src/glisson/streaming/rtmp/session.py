"""The conversation with one publisher, without sockets: bytes in, bytes out, packets to the sink."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import NoReturn

from glisson.streaming import amf0, flv
from glisson.streaming.amf0 import Value
from glisson.streaming.packets import Door, Refused, Sink, Trouble
from glisson.streaming.rtmp import chunks, commands, troubles
from glisson.streaming.rtmp.chunks import ChunkError, ChunkReader
from glisson.streaming.rtmp.handshake import Handshake, HandshakeError
from glisson.streaming.rtmp.limits import Limits
from glisson.streaming.rtmp.line import Line
from glisson.streaming.rtmp.publication import Publication, PublicationRefused

APP = "live"
_LONGEST_KEY = 512
_LEAST_WINDOW = 65_536
_MOST_STREAMS = 16


class _Stop(Exception):
    """The conversation is over; nothing more of what has arrived is read."""


class Session:
    """Speaks RTMP with one publisher.

    Parameters
    ----------
    door : Door
        Decides who may publish.
    limits : Limits
        Bounds of time and memory.
    line : Line
        The connection.

    Attributes
    ----------
    over : bool
        The line has been closed from our side, or lost.
    """

    def __init__(self, door: Door, limits: Limits, line: Line) -> None:
        self.over = False
        self._door = door
        self._limits = limits
        self._line = line
        self._handshake: Handshake | None = Handshake()
        self._chunks = ChunkReader(limits, self._message)
        self._opened = self._heard = self._since = line.now()
        self._received = self._acknowledged = 0
        self._window = commands.WINDOW
        self._connected = False
        self._can_reconnect = False
        self._streams = 0
        self._key = ""
        self._message_stream = 0
        self._publication: Publication | None = None

    @property
    def buffered(self) -> int:
        """Bytes held of messages that are not complete."""
        return self._chunks.buffered

    def receive(self, data: bytes) -> None:
        """Read what has arrived; malformed bytes end the session, nothing else."""
        if self.over:
            return
        self._heard = self._line.now()
        self._received += len(data)
        try:
            if self._handshake is not None:
                data = self._greet(self._handshake, data)
            if data:
                self._chunks.feed(data)
        except _Stop:
            return
        except (HandshakeError, ChunkError, amf0.AmfError, flv.FlvError) as error:
            self.turn_away(troubles.garbage(str(error)))
        except PublicationRefused as refused:
            self.turn_away(refused.trouble)
        if self._received - self._acknowledged >= self._window and not self.over:
            self._acknowledged = self._received
            self._line.write(commands.acknowledgement(self._received))

    def lost(self, reason: str) -> None:
        """The connection is gone."""
        self.over = True
        self._finish(reason)

    def overdue(self, now: float) -> Trouble | None:
        """Say which deadline has passed, if any; the caller hangs up."""
        limits, publication = self._limits, self._publication
        if self._handshake is not None:
            return troubles.slow_handshake(limits.handshake) if now - self._opened > limits.handshake else None
        if publication is None:
            return troubles.slow_publish(limits.publish) if now - self._since > limits.publish else None
        if now - self._heard > limits.idle:
            return troubles.idle(limits.idle)
        if publication.started:
            self._since = now  # a feed of sound that adds pictures later has its time for a key frame then
        elif now - self._since > limits.first_key:
            late = troubles.no_keyframe if publication.pictures else troubles.no_media
            return late(limits.first_key)
        return None

    def turn_away(self, trouble: Trouble, code: str = "NetStream.Publish.Denied") -> None:
        """End the session because of what the encoder did; tell it, its sink and whoever records refusals."""
        if self._publication is not None:
            self._publication.sink.note(trouble)
        if not self.over:
            self._close(trouble, code)
            self._line.on_refusal(self._key, self._line.peer, trouble)

    def restart(self) -> None:
        """End because the server stops, asking encoders that can to connect again (Enhanced RTMP)."""
        if self.over:
            return
        trouble = troubles.restarting()
        if self._can_reconnect:
            code = "NetConnection.Connect.ReconnectRequest"
            self._line.write(commands.status(code, trouble.text, 0, level="status"))
        self._close(trouble, "NetStream.Publish.Denied")

    def _hang_up(self, publication: Publication, trouble: Trouble) -> None:
        """The sink's owner ends the publication; does nothing when it has ended already."""
        if self._publication is publication and not self.over:
            self._close(trouble, "NetStream.Publish.Denied")

    def _close(self, trouble: Trouble, code: str) -> None:
        self.over = True
        if self._connected:
            self._line.write(commands.status(code, trouble.text, self._message_stream, level="error"))
        self._finish(trouble.text)
        self._line.close()

    def _greet(self, handshake: Handshake, data: bytes) -> bytes:
        answer = handshake.feed(data)
        if answer:
            self._line.write(answer)
        if handshake.rest is None:
            return b""
        self._handshake = None
        return handshake.rest

    def _finish(self, reason: str) -> None:
        """End the publication, if there is one. The only place that does."""
        publication, self._publication = self._publication, None
        if publication is not None:
            publication.sink.end(reason)

    def _message(self, kind: int, stamp: int, message_stream: int, payload: memoryview) -> None:
        publication = self._publication
        if kind == flv.VIDEO or kind == flv.AUDIO:
            if publication is not None:  # before that it is nobody's picture
                self._media(publication, kind, stamp, payload)
        elif kind == commands.AGGREGATE:
            if publication is not None:
                self._aggregate(publication, stamp, payload)
        elif kind == commands.COMMAND:
            self._command(amf0.decode(payload), message_stream)
        elif kind == commands.COMMAND_AMF3 and payload and payload[0] == 0:
            self._command(amf0.decode(payload[1:]), message_stream)
        elif kind == chunks.WINDOW_SIZE and len(payload) == 4:
            self._window = max(int.from_bytes(payload, "big"), _LEAST_WINDOW)
        elif kind == chunks.USER_CONTROL and len(payload) == 6 and payload[1] == commands.PING:
            self._line.write(commands.pong(bytes(payload[2:])))
        # Metadata (15, 18), acknowledgements and whatever else there is change nothing for us.

    def _media(self, publication: Publication, kind: int, stamp: int, body: memoryview) -> None:
        if kind == flv.VIDEO:
            publication.video(stamp, body)
        elif kind == flv.AUDIO:
            publication.audio(stamp, body)
        if self.over:  # the sink hung up on what it was given
            raise _Stop

    def _aggregate(self, publication: Publication, stamp: int, payload: memoryview) -> None:
        first: int | None = None
        for kind, inner, body in flv.read_tags(payload):
            first = inner if first is None else first
            self._media(publication, kind, (stamp + inner - first) & 0xFFFFFFFF, body)

    def _command(self, values: list[Value], message_stream: int) -> None:
        name = values[0] if values else None
        transaction = values[1] if len(values) > 1 else None
        number = transaction if isinstance(transaction, float) else 0.0
        if name == "connect":
            self._connect(number, values[2] if len(values) > 2 else None)
        elif not self._connected:
            self._refuse(troubles.garbage("a command came before connect"))
        elif name == "createStream":
            self._streams += 1
            if self._streams > _MOST_STREAMS:
                self._refuse(troubles.garbage(f"more than {_MOST_STREAMS} streams"))
            self._line.write(commands.command("_result", number, None, float(self._streams)))
        elif name in ("releaseStream", "FCPublish"):
            self._line.write(commands.command("_result", number, None, amf0.UNDEFINED))
        elif name == "publish":
            self._publish(values[3] if len(values) > 3 else None, message_stream)
        elif name in ("FCUnpublish", "closeStream", "deleteStream"):
            self._unpublish(message_stream)
        elif name in ("play", "play2"):
            self._refuse(troubles.not_a_viewer_port(), "NetStream.Play.Failed")

    def _connect(self, number: float, details: Value) -> None:
        if self._connected or not isinstance(details, Mapping):
            self._refuse(troubles.garbage("a connect command that cannot be understood"))
        app = details.get("app")
        self._line.write(commands.terms())
        place = app.partition("?")[0].strip("/") if isinstance(app, str) else ""
        if place != APP:
            # Behind a slash stands, as a rule, a stream key in the wrong field: a secret, not to be repeated.
            trouble = troubles.wrong_app(place.partition("/")[0][:100])
            self._line.write(commands.rejected(number, trouble.text))
            self._refuse(trouble)
        capabilities = details.get("capsEx")
        if isinstance(capabilities, float) and 0 <= capabilities < 1 << 32:
            self._can_reconnect = bool(int(capabilities) & commands.CAN_RECONNECT)
        self._connected = True
        self._line.write(commands.connected(number, details.get("objectEncoding")))

    def _publish(self, name: Value, message_stream: int) -> None:
        if self._publication is not None:
            self._refuse(troubles.garbage("a second publication on one connection"))
        self._message_stream = message_stream
        key = name.partition("?")[0].strip() if isinstance(name, str) else ""
        self._key = key[:_LONGEST_KEY]
        if not key or len(key) > _LONGEST_KEY:
            self._refuse(troubles.no_key(), "NetStream.Publish.BadName")
        try:
            sink = self._door.admit(key, way=self._line.way, peer=self._line.peer)
        except Refused as refused:
            self._refuse(refused.trouble, "NetStream.Publish.BadName")
        self._begin(sink, message_stream)

    def _begin(self, sink: Sink, message_stream: int) -> None:
        self._publication = Publication(sink)
        sink.hang_up = partial(self._hang_up, self._publication)
        self._chunks.trust()
        self._since = self._line.now()
        begun: dict[str, Value] = {"code": "NetStream.Publish.Start", "description": "Publishing."}
        self._line.write(
            commands.command("onFCPublish", 0.0, None, begun, message_stream=message_stream)
            + commands.status("NetStream.Publish.Start", "Publishing.", message_stream, level="status")
        )

    def _unpublish(self, message_stream: int) -> None:
        if self._publication is None:
            return
        self._finish("The encoder stopped.")
        self._since = self._line.now()
        self._line.write(commands.status("NetStream.Unpublish.Success", "Stopped.", message_stream, level="status"))

    def _refuse(self, trouble: Trouble, code: str = "NetStream.Publish.Denied") -> NoReturn:
        self.turn_away(trouble, code)
        raise _Stop
