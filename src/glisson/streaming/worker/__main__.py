"""``python -m glisson.streaming.worker MODE``: a worker; its arguments are in the environment."""

from __future__ import annotations

import json
import os
import sys

from glisson.streaming.worker.bring import bring_chunks, bring_srt, bring_url
from glisson.streaming.worker.messages import Kind, Message
from glisson.streaming.worker.pipes import messages, write_message
from glisson.streaming.worker.rung import RungWorker
from glisson.streaming.worker.sound import Sound


def rung(arguments: dict[str, object]) -> None:
    """Make the low rung; less important than everything else on this computer."""
    os.nice(10)
    worker = RungWorker()
    for message in messages():
        for answer in worker.answer(message):
            write_message(answer)


def sound(arguments: dict[str, object]) -> None:
    """Make AAC of a browser's Opus."""
    maker = Sound(
        str(arguments["codec"]),
        bytes.fromhex(str(arguments.get("extradata", ""))),
        rate=int(str(arguments["rate"])),
        channels=int(str(arguments["channels"])),
        bit_rate=128_000,
        mono=False,
    )
    for message in messages():
        if message.kind == Kind.AUDIO:
            for answer in maker.take(message.pts, message.data):
                write_message(answer)


MODES = {"rung": rung, "sound": sound, "url": bring_url, "srt": bring_srt, "chunks": bring_chunks}


def main() -> None:
    """Run the mode on the command line until stdin closes."""
    try:
        MODES[sys.argv[1]](json.loads(os.environ.pop("GLISSON_WORKER_ARGUMENTS", "{}")))
        write_message(Message(Kind.END, b"it ended"))
    except BrokenPipeError:
        os._exit(0)  # nobody listens any more
    except KeyboardInterrupt:
        os._exit(0)  # Ctrl+C reaches the whole group; the live plane ends us in its own order


if __name__ == "__main__":
    main()
