"""The servers that are compared: ours, nginx with its RTMP module, Node-Media-Server, and Varnish in front of ours."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Self

from .machine import LOAD_CORES, SERVER_CORES
from .processes import Program, free_port, resident

MODULES = [Path("/usr/lib/nginx/modules"), Path("/usr/lib64/nginx/modules"), Path("/usr/share/nginx/modules")]
HERE = Path(__file__).parent


class PeerMissing(Exception):
    """A peer is not installed here; the row says so and judges nothing."""


class Server:
    """A running server with a folder of its own, gone when the ``with`` ends."""

    def __init__(self, name: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"glisson-bench-{name}-"))
        self.rtmp_port, self.http_port = free_port(), free_port()
        self.program: Program | None = None

    @property
    def pid(self) -> int:
        """Of the server's first process."""
        assert self.program is not None
        return self.program.pid

    def start(
        self, command: list[str], environment: dict[str, str] | None = None, cores: set[int] = SERVER_CORES
    ) -> None:
        """Run the program and wait for its HTTP port."""
        self.program = Program(command, self.folder / "log", cores, environment)
        self.program.wait_for_port(self.http_port)

    def rtmp(self, key: str) -> str:
        """Return where to publish a stream."""
        return f"rtmp://127.0.0.1:{self.rtmp_port}/live/{key}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.program is not None:
            self.program.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Nginx(Server):
    """nginx, unprivileged, one worker; with the RTMP module, or serving files alone.

    Parameters
    ----------
    fragment : str or None
        Length of HLS fragments (``1s``); None packages nothing.
    record : bool
        Also write each stream to an FLV file.
    files : Path or None
        A folder to serve under ``/files/``.
    keep : bool
        Keep HLS fragments that have left the playlist: with it, packaging is a recording as well.
    """

    def __init__(
        self, *, fragment: str | None = None, record: bool = False, files: Path | None = None, keep: bool = False
    ) -> None:
        super().__init__("nginx")
        binary = resident("nginx")
        module = next((folder for folder in MODULES if (folder / "ngx_rtmp_module.so").exists()), None)
        if binary is None or (module is None and files is None):
            raise PeerMissing("nginx with its RTMP module is not installed (Debian: nginx libnginx-mod-rtmp)")
        text = self._http(files)
        if module is not None:
            text = f"load_module {module}/ngx_rtmp_module.so;\n{text}{self._rtmp(fragment, record, keep)}"
        (self.folder / "nginx.conf").write_text(text)
        self.folder.chmod(0o755)
        for name in ("hls", "flv"):
            (self.folder / name).mkdir()
            (self.folder / name).chmod(0o777)  # started by root, nginx gives its workers to somebody else
        self.start(
            [binary, "-p", str(self.folder), "-e", f"{self.folder}/error.log", "-c", f"{self.folder}/nginx.conf"]
        )

    def _http(self, files: Path | None) -> str:
        temporary = "".join(
            f"{name}_temp_path {self.folder}/tmp-{name};"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        location = f"location /files/ {{ alias {files}/; }}" if files else ""
        return f"""daemon off; master_process off; worker_processes 1; pid {self.folder}/pid;
events {{ worker_connections 4096; }}
http {{
  {temporary} access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
  types {{ application/vnd.apple.mpegurl m3u8; video/mp2t ts; video/mp4 m4s mp4; }}
  server {{ listen 127.0.0.1:{self.http_port} backlog=4096;
    add_header Access-Control-Allow-Origin *; add_header Cache-Control no-cache;
    location /hls/ {{ alias {self.folder}/hls/; }} {location} }}
}}
"""

    def _rtmp(self, fragment: str | None, record: bool, keep: bool) -> str:
        hls = ""
        if fragment:
            cleanup = "off" if keep else "on"
            hls = f"hls on; hls_path {self.folder}/hls; hls_fragment {fragment}; hls_playlist_length 10s;"
            hls += f" hls_cleanup {cleanup};"
        flv = f"record all; record_path {self.folder}/flv; record_unique on;" if record else ""
        listen = f"listen 127.0.0.1:{self.rtmp_port};"
        return f"rtmp {{ server {{ {listen} chunk_size 4096; application live {{ live on; {hls} {flv} }} }} }}\n"

    def playlist(self, key: str) -> str:
        """Return the address of a stream's HLS playlist."""
        return f"http://127.0.0.1:{self.http_port}/hls/{key}.m3u8"


class NodeMediaServer(Server):
    """Node-Media-Server from npm: RTMP in, FLV over WebSocket out."""

    def __init__(self) -> None:
        super().__init__("nms")
        entry = HERE / "node_modules/node-media-server/bin/app.js"
        node = resident("node")
        if node is None or not entry.exists():
            raise PeerMissing("Node-Media-Server is not installed (npm ci in bench/)")
        config = {
            "bind": "127.0.0.1",
            "rtmp": {"port": self.rtmp_port},
            "http": {"port": self.http_port},
            "auth": {"play": False, "publish": False, "secret": "bench"},
            "store": {"path": "./data", "maxHistory": 10},
            "record": {"auto": False, "path": "./record"},
            "webadmin": {"enable": False},
            "notify": {"url": ""},
        }
        (self.folder / "config.json").write_text(json.dumps(config))
        self.start([node, str(entry), "-c", str(self.folder / "config.json"), "--no-admin"])

    def socket(self, key: str) -> str:
        """Return the WebSocket address of a stream."""
        return f"ws://127.0.0.1:{self.http_port}/live/{key}.flv"


class Varnish(Server):
    """Varnish with the configuration that Glisson ships (ops/varnish.vcl), in front of an origin."""

    def __init__(self, origin_port: int) -> None:
        super().__init__("varnish")
        binary = resident("varnishd")
        if binary is None:
            raise PeerMissing("Varnish is not installed (Debian: varnish)")
        (self.folder / "live.vcl").write_text(varnish_configuration(origin_port))
        self.name = self.folder / "varnish"
        command = [binary, "-F", "-n", str(self.name), "-f", str(self.folder / "live.vcl"), "-s", "malloc,512m"]
        command += ["-a", f"127.0.0.1:{self.http_port}", "-p", "thread_pool_min=200", "-p", "thread_pool_max=2000"]
        self.start([*command, "-p", "thread_pools=1", "-j", "none"], cores=LOAD_CORES)


def varnish_configuration(origin_port: int) -> str:
    """Return the shipped configuration with this origin's port."""
    path = Path("ops/varnish.vcl")
    if not path.exists():
        raise PeerMissing("ops/varnish.vcl, the shipped configuration, is not there")
    text = re.sub(r'(\.host\s*=\s*)"[^"]*"', r'\1"127.0.0.1"', path.read_text())
    return re.sub(r'(\.port\s*=\s*)"[^"]*"', rf'\1"{origin_port}"', text)
