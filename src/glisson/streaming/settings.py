"""What the live process is told when it starts. Nothing here reads the environment: the command line does."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSettings:
    """Everything the live process is told at its start.

    Parameters
    ----------
    data : Path
        The installation's data folder; recordings go to ``recordings/``, the roster to ``live/roster.json``.
    signing_secret, control_secret : bytes
        Shared with the web: for viewer passes, and for ``Authorization: Bearer`` on ``/live/control/``.
    host, port : str, int
        Where HTTP and WebSocket are served; port 0 takes a free one.
    rtmp_host, rtmp_port : str, int
        Where encoders push to; ``rtmp_port`` None serves no RTMP, 0 takes a free port.
    rtmps_port, rtmps_certificate, rtmps_key : int, Path, Path or None
        RTMP over TLS; all three, or it is off.
    allowed_origins : frozenset of str
        Origins of the web's pages (``https://host[:port]``): only their scripts may read media and open WebSockets.
    trusted_proxies : frozenset of str
        Addresses whose ``X-Forwarded-For`` is believed.
    viewers_per_feed : int
        WebSocket viewers of one feed; the next one is sent to HLS.
    websockets_per_address : int
        WebSockets of one address (a whole hospital may stand behind one).
    viewers : int
        WebSocket viewers of the whole process.
    keyframe_warning : float
        Seconds between key frames above which the technician is warned.
    behind_seconds : float
        A WebSocket viewer who is further behind jumps to the newest key frame.
    takeover_seconds : float
        A publisher who has sent nothing for so long gives way to a new one with a good key.
    closing_seconds : float
        How long viewers may still fetch the last parts of a feed that was closed.
    """

    data: Path
    signing_secret: bytes
    control_secret: bytes
    host: str = "127.0.0.1"
    port: int = 8001
    rtmp_host: str = "0.0.0.0"  # noqa: S104 - encoders are other computers
    rtmp_port: int | None = 1935
    rtmps_port: int | None = None
    rtmps_certificate: Path | None = None
    rtmps_key: Path | None = None
    allowed_origins: frozenset[str] = field(default_factory=frozenset)
    trusted_proxies: frozenset[str] = frozenset({"127.0.0.1", "::1"})
    viewers_per_feed: int = 700
    websockets_per_address: int = 200
    viewers: int = 2000
    keyframe_warning: float = 2.0
    behind_seconds: float = 3.0
    takeover_seconds: float = 2.0
    closing_seconds: float = 3.0

    def __post_init__(self) -> None:
        """Refuse what would leave a door open or closed for everyone."""
        for name in ("signing_secret", "control_secret"):
            if len(getattr(self, name)) < 32:
                raise ValueError(f"{name} needs at least 32 bytes.")
        tls = (self.rtmps_port, self.rtmps_certificate, self.rtmps_key)
        if any(one is not None for one in tls) and not all(one is not None for one in tls):
            raise ValueError("RTMPS needs a port, a certificate and a key; or none of them.")

    @property
    def recordings(self) -> Path:
        """Where the recordings are: ``<feed>/<rung>/`` below it."""
        return self.data / "recordings"

    @property
    def roster_path(self) -> Path:
        """Where the roster is kept over restarts."""
        return self.data / "live" / "roster.json"
