"""The RTMP handshake, server side (RTMP 1.0, section 5.2): without digests, which only Flash players asked for."""

from __future__ import annotations

import os
from typing import Final

SIZE: Final = 1536
VERSION: Final = 3


class HandshakeError(ValueError):
    """The peer speaks something else; the text guesses what."""


class Handshake:
    """Collects C0, C1 and C2 and answers with S0, S1 and S2.

    Attributes
    ----------
    rest : bytes or None
        None until the handshake is done, then what arrived behind it.
    """

    def __init__(self) -> None:
        self.rest: bytes | None = None
        self._held = b""
        self._answered = False

    def feed(self, data: bytes) -> bytes:
        """Take bytes; return what to send.

        Raises
        ------
        HandshakeError
            The first byte is not RTMP's version.
        """
        held = self._held = self._held + data
        if held and held[0] != VERSION:
            raise HandshakeError(_guess(held))
        answer = b""
        if not self._answered and len(held) > SIZE:
            self._answered = True
            # S1: our time (zero) and four zeros, then noise. S2 gives C1 back.
            answer = bytes((VERSION,)) + bytes(8) + os.urandom(SIZE - 8) + held[1 : SIZE + 1]
        if len(held) > 2 * SIZE:
            self.rest = held[2 * SIZE + 1 :]
            self._held = b""
        return answer


def _guess(held: bytes) -> str:
    if held[0] == 0x16:
        return "it speaks TLS; use rtmps:// with the port for RTMPS, or rtmp:// here"
    if held[:1] in b"GPHOCD" and held[0] != 0:
        return "it speaks HTTP, not RTMP"
    if held[0] == 6:
        return "it asks for RTMPE, which is obsolete; use rtmps:// instead"
    return f"it begins with byte {held[0]:#04x} where RTMP has 0x03"
