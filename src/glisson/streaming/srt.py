"""SRT in: Debian's ffmpeg listens, we read what it passes on; without ffmpeg the feature is off and says so.

The PyAV wheel has no SRT. ffmpeg only unpacks: nothing is decoded, and no key or passphrase is on its command line.
"""

from __future__ import annotations

import functools
import shutil
import subprocess

from glisson.streaming.packets import Refused, Trouble
from glisson.streaming.worker.bringing import Admit, Bringing, Report

SHORTEST_PASSPHRASE, LONGEST_PASSPHRASE = 10, 79


@functools.cache
def srt_trouble() -> Trouble | None:
    """Why SRT is off on this computer (code ``srt_off``), or None when ffmpeg with SRT is installed. Cached."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        return Trouble("srt_off", "SRT is off: ffmpeg is not installed on the server. Install Debian's package ffmpeg.")
    try:
        listing = subprocess.run(  # noqa: S603 (a fixed command)
            [ffmpeg, "-hide_banner", "-protocols"], capture_output=True, text=True, timeout=20, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        return Trouble("srt_off", f"SRT is off: ffmpeg on the server cannot be started ({error}).")
    if "srt" not in listing.split():
        text = "SRT is off: the server's ffmpeg was built without SRT. Install Debian's package ffmpeg."
        return Trouble("srt_off", text)
    return None


def check_passphrase(passphrase: str) -> None:
    """Raise `Refused` (code ``srt_passphrase``) unless SRT can use this passphrase."""
    plain = passphrase.isascii() and passphrase.isprintable()
    if not plain or not SHORTEST_PASSPHRASE <= len(passphrase) <= LONGEST_PASSPHRASE:
        text = "The SRT passphrase must have 10 to 79 letters, digits or signs of the English keyboard."
        raise Refused(Trouble("srt_passphrase", text))


class SrtListener:
    """One UDP port for one feed, as long as it is open: the next caller is awaited after each one that left.

    Parameters
    ----------
    port : int
        UDP port to listen on.
    passphrase : str
        10 to 79 characters, or `Refused` is raised; callers without it are turned away by the SRT handshake.
    admit, report : callable
        As for `Pull`; ``report`` also says ``srt_off`` (no ffmpeg) and ``srt_failed``.
    host : str
        Address to listen on.
    """

    def __init__(
        self,
        port: int,
        passphrase: str,
        *,
        admit: Admit,
        report: Report,
        host: str = "0.0.0.0",  # noqa: S104
    ) -> None:
        check_passphrase(passphrase)
        self._port = port
        self._report = report
        arguments = {"ffmpeg": shutil.which("ffmpeg"), "host": host, "port": port, "passphrase": passphrase}
        # No limit on silence: a listener may wait all morning. A caller that dies is noticed by SRT itself (5 s).
        self._bringing = Bringing(
            "srt",
            arguments,
            peer=f"srt port {port}",
            admit=admit,
            report=report,
            failed=self._failed,
            first_pause=0.2,
            quiet=None,
        )

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker, while there is one."""
        return self._bringing.worker_pid

    def start(self) -> None:
        """Begin, in a task of the running event loop; without ffmpeg only say that SRT is off."""
        trouble = srt_trouble()
        if trouble is not None:
            self._report(trouble)
            return
        self._bringing.start()

    async def close(self) -> None:
        """Stop, ending the publication if there is one."""
        await self._bringing.close()

    def _failed(self, reason: str, had_pictures: bool, seconds: float) -> Trouble | None:
        if had_pictures:
            return None  # a caller left: the next one is awaited
        text = (
            f"Nothing could be received on SRT port {self._port}: {reason}. The next try is in {seconds:.0f} seconds. "
            "Check that no other program uses the port, and that the encoder sends H.264 and AAC."
        )
        return Trouble("srt_failed", text, {"port": self._port, "reason": reason, "seconds": seconds})
