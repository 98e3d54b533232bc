"""The pages that headless Chromium opens: our own player, hls.js, and mpegts.js; served from this machine."""

from __future__ import annotations

import json
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from .glisson_live import GROUP, GlissonLive
from .servers import PeerMissing

HERE = Path(__file__).parent
ISLANDS = Path("src/glisson/web/static/islands")
MODULES = HERE / "node_modules"

HEAD = '<!doctype html><meta charset="utf-8"><style>body{margin:0;background:#000}video{width:960px}</style>'


class Pages:
    """A small web server for the bench's pages.

    Parameters
    ----------
    port : int
        0 for a free one; our live process only lets scripts of its own web origin read, so it names the port.
    """

    def __init__(self, port: int = 0) -> None:
        self._texts: dict[str, str] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, self._texts))
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _add(self, path: str, text: str) -> str:
        self._texts[path] = text
        return self.base + path

    def ours(self, live: GlissonLive, *, live_base: str | None = None, feeds: int = 1) -> str:
        """Return the address of a page with our player (one feed) or our stage (several in step)."""
        name = "player" if feeds == 1 else "stage"
        data = {
            "live_base": live_base or live.base,
            "group": GROUP,
            "expires": 4102444800,
            "renew_url": "/pass/",
            "state": "live",
            "may": {"download": True, "health": True},
            "feeds": [
                {"id": feed, "code": feed, "angle": angle, "title": angle, "state": "on_air", "mirrored": False}
                for feed, angle in zip(live.feeds, ("laparoscope", "fluorescence", "ultrasound", "room"), strict=False)
            ],
        }
        self._add("/pass/", json.dumps(data))
        script = island(name)
        body = f'<glisson-{name} data="theatre-data"></glisson-{name}>'
        embedded = f'<script type="application/json" id="theatre-data">{json.dumps(data)}</script>'
        return self._add(f"/{name}", f'{HEAD}{body}{embedded}<script type="module" src="/islands/{script}"></script>')

    def hls(self, playlist: str, *, credentials: bool) -> str:
        """Return the address of a page that plays HLS with hls.js, set as our player sets it."""
        _needed(MODULES / "hls.js/dist/hls.min.js")
        config = "{enableWorker: false, lowLatencyMode: true, backBufferLength: 30, maxBufferLength: 10"
        config += ", xhrSetup: (request) => { request.withCredentials = true }}" if credentials else "}"
        return self._add(
            "/hls",
            f"""{HEAD}<video muted autoplay playsinline></video>
<script src="/modules/hls.js/dist/hls.min.js"></script><script>
const hls = new Hls({config}); hls.attachMedia(document.querySelector('video')); hls.loadSource('{playlist}')
hls.on(Hls.Events.ERROR, (_, data) => console.log('hls', data.details, data.fatal))
</script>""",
        )

    def flv(self, socket: str) -> str:
        """Return the address of a page that plays FLV over WebSocket with mpegts.js, set for the least delay.

        It chases the live edge, as its documentation advises for low delay; with its defaults it stays over a second
        behind.
        """
        _needed(MODULES / "mpegts.js/dist/mpegts.js")
        config = "{enableStashBuffer: false, liveSync: true, liveSyncMaxLatency: 0.4, liveSyncTargetLatency: 0.2}"
        return self._add(
            "/flv",
            f"""{HEAD}<video muted autoplay playsinline></video>
<script src="/modules/mpegts.js/dist/mpegts.js"></script><script>
const player = mpegts.createPlayer({{type: 'flv', isLive: true, url: '{socket}'}}, {config})
player.attachMediaElement(document.querySelector('video')); player.load(); player.play()
</script>""",
        )


def island(name: str) -> str:
    """Return the file name of one of our built web components."""
    manifest = ISLANDS / "manifest.json"
    if not manifest.exists():
        raise PeerMissing("our player is not built (npm ci && npm run build in frontend/)")
    entries = json.loads(manifest.read_text()).values()
    return next(entry["file"] for entry in entries if entry.get("isEntry") and entry["name"] == name)


def _needed(path: Path) -> None:
    if not path.exists():
        raise PeerMissing(f"{path.relative_to(HERE)} is not installed (npm ci in bench/)")


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, texts: dict[str, str], *rest: object) -> None:
        self._texts = texts
        super().__init__(*rest)  # type: ignore[arg-type]

    def translate_path(self, path: str) -> str:
        kind, _, rest = path.partition("?")[0].removeprefix("/").partition("/")
        folder = {"islands": ISLANDS, "modules": MODULES}.get(kind)
        return str(folder / rest) if folder else "/nonexistent"

    def do_GET(self) -> None:
        text = self._texts.get(self.path.partition("?")[0])
        if text is None:
            super().do_GET()
            return
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json" if text.startswith("{") else "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing."""
