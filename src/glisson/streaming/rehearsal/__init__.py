"""A rehearsal source: a synthetic laparoscopic operation, published as two real theatre encoders would publish it.

`rehearse` renders a living liver with two tools in white light and, as a second feed, in fluorescence, and sends both
through the real RTMP port. A clock is burnt into every picture; its geometry is described in `clock`.
"""

from .clock import READ_CLOCK_JS, age, read_clock
from .connection import Tally
from .publish import rehearse
from .scene import Scene

__all__ = ["READ_CLOCK_JS", "Scene", "Tally", "age", "read_clock", "rehearse"]
