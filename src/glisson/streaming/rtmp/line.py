"""What a session needs of the connection it speaks on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from glisson.streaming.packets import Trouble


@dataclass(slots=True)
class Line:
    """What a session needs of its connection.

    Parameters
    ----------
    write : Callable
        Sends bytes.
    close : Callable
        Sends what is left, then closes. Called once.
    now : Callable
        Seconds on a clock that does not step.
    peer, way : str
        Where the publisher is, ``address:port``, and ``rtmp`` or ``rtmps``.
    on_refusal : Callable
        Told the stream key ("" if none was sent), the peer and the trouble when a publisher is turned away.
    """

    write: Callable[[bytes], None]
    close: Callable[[], None]
    now: Callable[[], float]
    peer: str
    way: str
    on_refusal: Callable[[str, str, Trouble], None]
