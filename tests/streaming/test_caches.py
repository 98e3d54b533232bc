"""Real caches in front of the real live process: one origin request a part, and rights that hold all the same."""

import asyncio
import collections
import contextlib
import shutil
import ssl
import subprocess
from pathlib import Path

import httpx
import pytest
import websockets

from glisson.streaming.app import hls
from tests.streaming.living import ORIGIN, Roster, Web, bearer, encoder, feed, free_port, make_clip, make_pass, plane

pytestmark = pytest.mark.peers

OPS = Path(__file__).parents[2] / "ops"
LIVE = "/live/v/g1/f1/original/"


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4")


async def until_listening(port, process):
    for _ in range(200):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        assert process.returncode is None, (await process.communicate())[1]
        await asyncio.sleep(0.05)
    raise AssertionError("the cache does not listen")


@contextlib.asynccontextmanager
async def running(port, *command):
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    try:
        await until_listening(port, process)
        yield port
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


@contextlib.asynccontextmanager
async def varnish(folder, live_port):
    if shutil.which("varnishd") is None:
        pytest.skip("varnishd is not installed (Debian: apt install varnish)")
    port = free_port()
    vcl = folder / "live.vcl"
    vcl.write_text((OPS / "varnish.vcl").read_text().replace('.port = "8001"', f'.port = "{live_port}"'))
    command = ["varnishd", "-F", "-j", "none", "-n", str(folder / "varnish"), "-f", str(vcl), "-s", "malloc,32m"]
    command += ["-a", f"127.0.0.1:{port}", "-p", "thread_pool_min=60", "-p", "thread_pools=1"]
    async with running(port, *command):
        yield port


@contextlib.asynccontextmanager
async def nginx(folder, live_port, media_port):
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed (Debian: apt install nginx)")
    port = free_port()
    certificate, key = make_certificate(folder)
    text = (OPS / "nginx.conf.template").read_text()
    values = {
        "GLISSON_NAME": "localhost", "TLS_CERTIFICATE": certificate, "TLS_KEY": key, "WEB": "127.0.0.1:9",
        "LIVE": f"127.0.0.1:{live_port}", "MEDIA": f"127.0.0.1:{media_port}", "HTTPS_PORT": f"127.0.0.1:{port}",
        "HTTP_PORT": f"127.0.0.1:{free_port()}",
    }  # fmt: skip
    for name, value in values.items():
        text = text.replace(f"${name}", str(value))
    conf = folder / "nginx.conf"
    temp = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    conf.write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;"
        f"events {{ worker_connections 512; }} http {{ access_log off; {temp} {text} }}"
    )
    async with running(port, "nginx", "-p", str(folder), "-c", str(conf)):
        yield port


def make_certificate(folder):
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        + ["-subj", "/CN=localhost", "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    return certificate, key


@pytest.fixture
def counted(monkeypatch):
    """What reaches the origin: parts by name, held playlists by query."""
    seen = collections.Counter()
    begin = hls.Wish.__init__

    def count(wish, studio, feed, file, viewer_pass, *, msn, part, skip=False):
        if msn is not None:
            seen["part" if file.kind == "part" else "playlist", msn, part, skip] += 1
        begin(wish, studio, feed, file, viewer_pass, msn=msn, part=part, skip=skip)

    monkeypatch.setattr(hls.Wish, "__init__", count)
    return seen


def hint_of(text):
    return text.rpartition('TYPE=PART,URI="')[2].partition('"')[0]


async def follow(http, pass_text, rounds, got):
    """A viewer as hls.js is one: hold the playlist for the next part, then fetch that part."""
    headers = bearer(pass_text) | {"Origin": ORIGIN}
    text = (await http.get(LIVE + "live.m3u8", headers=headers)).text
    for _ in range(rounds):
        msn, number = hint_of(text).split(".")[:2]
        held = await http.get(f"{LIVE}live.m3u8?_HLS_msn={msn}&_HLS_part={number}", headers=headers)
        if held.status_code != 200:
            return held.status_code
        text = held.text
        newest = [line for line in text.splitlines() if line.startswith("#EXT-X-PART:")][-1]
        part = await http.get(LIVE + newest.partition('URI="')[2].partition('"')[0], headers=headers)
        if part.status_code != 200:
            return part.status_code
        assert part.headers["access-control-allow-origin"] == ORIGIN
        got.append(len(part.content))
    return 200


async def test_fifty_viewers_cost_the_origin_one_request_a_part(tmp_path, clip, counted):
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    async with (
        plane(tmp_path, Roster(f1=feed(record=False))) as web,
        varnish(tmp_path, web.port) as port,
        encoder(web.rtmp_port, "f1-secret", clip),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20, limits=limits) as http,
    ):
        await web.until_playing(parts=6)
        counted.clear()
        got = [[] for _ in range(50)]
        results = await asyncio.gather(*(follow(http, make_pass(f"v{n}"), 8, got[n]) for n in range(50)))
    assert results == [200] * 50
    assert all(len(parts) == 8 and all(parts) for parts in got)
    parts = {key: count for key, count in counted.items() if key[0] == "part"}
    playlists = {key: count for key, count in counted.items() if key[0] == "playlist"}
    assert len(parts) >= 8
    assert set(parts.values()) == {1}, parts
    assert set(playlists.values()) == {1}, playlists


async def test_a_cache_gives_nothing_without_a_right_not_even_what_it_holds(tmp_path, clip, counted):
    async with plane(tmp_path, Roster(f1=feed(record=False))) as web, varnish(tmp_path, web.port) as port:
        cache = Web(port, web.roster)
        async with encoder(web.rtmp_port, "f1-secret", clip):
            text = (await web.until_playing(parts=10)).text
            names = [line.partition('URI="')[2].partition('"')[0] for line in text.splitlines() if ".m4s" in line]
            name = next(name for name in names if name.count(".") == 2)
            msn, part, _ = name.split(".")
            paths = [LIVE + name, LIVE + "init-0.mp4", f"{LIVE}live.m3u8?_HLS_msn={msn}&_HLS_part={part}"]
            chen, eva = make_pass("chen"), make_pass("eva")
            for path in paths:
                assert (await cache.get(path, eva)).status_code == 200
            before = dict(counted)
            for path in paths:
                assert (await cache.get(path, chen)).status_code == 200
                refused = {
                    None: 401, "x.y": 401, make_pass(seconds=-1): 401, make_pass(group="g2"): 404,
                    make_pass(scopes=("replay",)): 403,
                }  # fmt: skip
                for text, status in refused.items():
                    answer = await cache.get(path, text, **{"X-Step": "go", "X-Original-URI": path, "X-Checked": "yes"})
                    assert answer.status_code == status, (path, status)
                    assert b"moof" not in answer.content
                    assert answer.headers["cache-control"] == "no-store"
                assert (await cache.get(path + ("&" if "?" in path else "?") + "junk=1", chen)).status_code == 200
            # All of that came out of the cache, or was refused before it.
            assert dict(counted) == before
            assert (await cache.get("/live/control/roster", "x")).status_code == 404
            await web.revoke("chen")
            for path in paths:
                assert (await cache.get(path, chen)).status_code == 401
                assert (await cache.get(path, eva)).status_code == 200
            await web.turn("f1", state="armed")
            for path in paths:
                assert (await cache.get(path, eva)).status_code == 403
        await cache.http.aclose()


async def test_a_viewer_revoked_while_a_cache_holds_its_request_gets_no_more(tmp_path, clip):
    async with plane(tmp_path, Roster(f1=feed(record=False))) as web, varnish(tmp_path, web.port) as port:
        cache = Web(port, web.roster)
        async with encoder(web.rtmp_port, "f1-secret", clip):
            await web.until_playing(parts=6)
        await asyncio.sleep(0.5)
        # No encoder: the next part is held for as long as we like.
        hint = hint_of((await web.get(LIVE + "live.m3u8", make_pass("eva"))).text)
        asked = [asyncio.create_task(cache.get(LIVE + hint, make_pass(who))) for who in ("eva", "chen")]
        await asyncio.sleep(0.5)
        await web.revoke("chen")
        async with encoder(web.rtmp_port, "f1-secret", clip):
            eva, chen = await asyncio.gather(*asked)
        assert chen.status_code == 401
        assert b"moof" not in chen.content
        assert eva.status_code in (200, 404)
        await cache.http.aclose()


async def test_nginx_speaks_tls_http2_and_websocket_in_front_of_it_all(tmp_path, clip):
    async with (
        plane(tmp_path, Roster(f1=feed())) as web,
        varnish(tmp_path, web.port) as media,
        nginx(tmp_path, web.port, media) as port,
        encoder(web.rtmp_port, "f1-secret", clip),
    ):
        await web.until_playing(parts=6)
        trust = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
        async with httpx.AsyncClient(
            base_url=f"https://localhost:{port}", verify=trust, trust_env=False, timeout=20
        ) as http:
            got = []
            assert await follow(http, make_pass(), 4, got) == 200
            assert len(got) == 4
            path = LIVE + "init-0.mp4"
            for text, status in (
                (None, 401), (make_pass(group="g2"), 404), (make_pass(scopes=("health",)), 403),
                (make_pass(seconds=-1), 401), (make_pass(), 200),
            ):  # fmt: skip
                answer = await http.get(path, headers=bearer(text) if text else {})
                assert answer.status_code == status
            assert (await http.get("/live/control/roster", headers=bearer("x"))).status_code == 404
            assert (await http.get("/live/auth", headers=bearer(make_pass()))).status_code == 404
            state = await http.get("/live/v/g1/state", headers=bearer(make_pass()))
            assert state.json()["feeds"]["f1"]["state"] == "on_air"
        address = f"wss://localhost:{port}/live/v/g1/f1/ws"
        async with websockets.connect(address, ssl=trust, additional_headers=bearer(make_pass()), proxy=None) as ws:
            kinds = [type(await ws.recv()) for _ in range(10)]
        assert bytes in kinds
        curl = await asyncio.create_subprocess_exec(
            "curl", "-sk", "--http2", "-o", "/dev/null", "-w", "%{http_version} %{http_code}",
            "-H", f"Authorization: Bearer {make_pass()}", f"https://localhost:{port}{path}",
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert (await curl.communicate())[0] == b"2 200"
