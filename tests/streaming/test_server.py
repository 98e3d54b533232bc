"""The live process as a process: killed, starved of disk, fed with garbage. Live goes on, and so does the recording."""

import asyncio
import json
import os
import subprocess

import httpx
import pytest
import websockets

from glisson.streaming.recording import Recording
from glisson.streaming.server import LivePlane
from tests.streaming.living import Process, Roster, Web, encoder, feed, make_clip, make_pass, plane, settings


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4")


@pytest.fixture
async def process(tmp_path):
    process = await Process(tmp_path).start()
    process.web = Web(process.port, Roster(f1=feed()))
    await process.web.put()
    yield process
    await process.web.http.aclose()
    process.stop()


def parts_listed(text):
    """(msn, part) and its duration, of every part of a playlist."""
    found = {}
    for line in text.splitlines():
        if line.startswith("#EXT-X-PART:"):
            name = line.partition('URI="')[2].partition('"')[0]
            msn, part, _ = name.split(".")
            found[int(msn), int(part)] = float(line.partition("DURATION=")[2].partition(",")[0])
    return found


async def test_kill_and_restart_loses_one_part_and_goes_on_with_the_numbers(process, clip, tmp_path):
    """kill -9 while publishing and recording; the encoder comes back; nothing but the web's roster on disk helps."""
    web = process.web
    async with encoder(process.rtmp_port, "f1-secret", clip):
        seen = parts_listed((await web.until_playing(parts=14)).text)
        process.kill()
    folder = tmp_path / "recordings" / "f1" / "original"
    on_disk = Recording(folder)
    kept = {(row.msn, row.part) for row in on_disk.parts}
    lost = set(seen) - kept
    # What the playlist had shown is on disk, but for the part that was being written.
    assert len(lost) <= 1, lost
    await process.start()
    assert (await web.get("/live/healthz")).json()["version"] == 1
    async with encoder(process.rtmp_port, "f1-secret", clip):
        after = await web.until_playing(parts=8)
        first = int(after.text.split("#EXT-X-MEDIA-SEQUENCE:")[1].split("\n")[0])
        assert first > max(msn for msn, _ in seen)
        assert "#EXT-X-DISCONTINUITY\n" in after.text
        rewind = (await web.get("/live/v/g1/f1/original/rewind.m3u8", make_pass())).text
        assert rewind.count("#EXT-X-DISCONTINUITY\n") == 1
        state = (await web.get("/live/v/g1/state", make_pass())).json()
        assert state["feeds"]["f1"]["began"] == round(on_disk.segments[0].clock, 3)
        await web.turn("f1", state="closed")
    whole = Recording(folder)
    assert [gap.reason for gap in whole.gaps] == ["resumed"]
    assert len(whole.parts) > len(on_disk.parts)
    assert not whole.damaged()
    replay = (await web.get("/live/v/g1/f1/original/replay.m3u8", make_pass(scopes=("replay",)))).text
    assert replay.count("#EXT-X-DISCONTINUITY\n") == 1
    assert f"\n{min(seen)[0]}.m4s\n" in replay


async def test_a_gentle_stop_writes_everything_out(process, clip, tmp_path):
    async with encoder(process.rtmp_port, "f1-secret", clip):
        seen = parts_listed((await process.web.until_playing(parts=8)).text)
        held = asyncio.create_task(process.web.get("/live/v/g1/f1/original/live.m3u8?_HLS_msn=2", make_pass()))
        await asyncio.sleep(0.2)
        await asyncio.to_thread(process.stop)
        assert process.process.returncode == 0
        assert (await held).status_code in (200, 503)
    recording = Recording(tmp_path / "recordings" / "f1" / "original")
    assert set(seen) <= {(row.msn, row.part) for row in recording.parts}
    assert not recording.closed
    assert "Traceback" not in process.log.read_text()


@pytest.fixture
def small_disk(tmp_path):
    small = tmp_path / "recordings"
    small.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", small]).returncode:
        pytest.skip("a full disk is made with a small tmpfs, which only root may mount")
    yield small
    subprocess.run(["umount", small], check=True)


async def test_a_full_disk_stops_the_recording_and_not_the_picture(tmp_path, clip, small_disk):
    async with plane(tmp_path, Roster(f1=feed())) as web, encoder(web.rtmp_port, "f1-secret", clip):
        await web.until_playing(parts=4)
        async with asyncio.timeout(20):
            while (alarm := (await web.health())["recording"]["alarm"]) is None:
                await asyncio.sleep(0.2)
        assert alarm["code"] == "disk_full"
        assert "live picture goes on" in alarm["text"]
        async with web.ws("/live/v/g1/f1/ws", make_pass()) as ws:
            pictures = [message for _ in range(30) if isinstance(message := await ws.recv(), bytes)]
        assert len(pictures) > 20
        before = (await web.until_playing()).text
        await asyncio.sleep(1.2)
        assert max(parts_listed((await web.until_playing()).text)) > max(parts_listed(before))
        # Even the web's next word is heard with the disk full.
        await web.revoke("chen")


GARBAGE = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    b"GET / HTTP/9.9\r\n\r\n",
    b"\x00" * 70_000,
    b"GET /live/v/g1/state HTTP/1.1\r\nHost: x\r\n" + b"X: " + b"a" * 20_000 + b"\r\n\r\n",
    b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"".join(b"X%d: y\r\n" % n for n in range(3000)) + b"\r\n",
    b"PUT /live/control/roster HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"PUT /live/control/roster HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    b"GET /live/v/g1/f1/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    b"GET /live/v/%ff%fe/%00/original/1.m4s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\r\n\r\n",
    b"SSH-2.0-OpenSSH_9.2\r\n",
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
async def test_garbage_gets_nothing_and_harms_nobody(tmp_path, garbage):
    async with plane(tmp_path, Roster(f1=feed())) as web:
        reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
        writer.write(garbage)
        writer.write_eof()
        try:
            answer = await asyncio.wait_for(reader.read(100_000), 12)
        except ConnectionResetError:
            answer = b""
        assert not answer or answer.split(b" ")[1][:1] in (b"4", b"3") or b"426" in answer[:20], answer[:200]
        assert (await web.get("/live/healthz")).json()["ok"] is True
        writer.close()


async def test_a_head_that_does_not_come_is_not_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr("glisson.streaming.app.protocols.HEAD_SECONDS", 0.3)
    async with plane(tmp_path, Roster(f1=feed())) as web:
        for beginning in (b"", b"GET /live/healthz HTTP/1.1\r\nHost:"):
            reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
            writer.write(beginning)
            assert await asyncio.wait_for(reader.read(), 5) == b""
            writer.close()
        # Who takes its time between two requests is welcome.
        reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
        for _ in range(2):
            writer.write(b"GET /live/healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"200" in await reader.readline()
            await asyncio.sleep(0.5)
            await reader.read(4096)
        writer.close()


async def test_a_flood_of_viewers_that_leave_at_once_leaves_nothing_behind(tmp_path, clip):
    async with plane(tmp_path, Roster(f1=feed())) as web, encoder(web.rtmp_port, "f1-secret", clip):
        await web.until_playing(parts=4)
        for _ in range(3):
            opened = await asyncio.gather(
                *(web.ws("/live/v/g1/f1/ws", make_pass(f"v{n}")).__aenter__() for n in range(30)),
                return_exceptions=True,
            )
            for ws in opened:
                assert isinstance(ws, websockets.ClientConnection)
                ws.transport.abort()
        held = [
            asyncio.create_task(web.get("/live/v/g1/f1/original/live.m3u8?_HLS_msn=3", make_pass())) for _ in range(20)
        ]
        await asyncio.sleep(0.1)
        for one in held:
            one.cancel()
        await asyncio.gather(*held, return_exceptions=True)
        async with asyncio.timeout(20):
            while (await web.health())["viewers"]["ws"]:
                await asyncio.sleep(0.1)
        assert web.plane.studio.websockets == {}


async def test_a_taken_port_is_said(tmp_path):
    async with plane(tmp_path / "one", Roster(f1=feed())) as web:
        with pytest.raises(OSError, match="in use"):
            await LivePlane(settings(tmp_path / "two", port=web.port)).start()


@pytest.mark.parametrize("text", ["{", json.dumps({"version": "x"}), ""])
async def test_a_damaged_roster_is_set_aside_and_the_web_sends_it_again(tmp_path, text):
    path = tmp_path / "live" / "roster.json"
    path.parent.mkdir()
    path.write_text(text)
    async with plane(tmp_path, Roster(f1=feed())) as web:
        assert (await web.get("/live/healthz")).json() == {"ok": True, "version": 1}
    assert path.with_name("roster.json.damaged").read_text() == text
    assert json.loads(path.read_text())["version"] == 1


async def test_the_process_needs_neither_django_nor_the_web(process):
    program = "import sys; import glisson.streaming.server; sys.exit('django' in sys.modules)"
    assert await asyncio.to_thread(lambda: subprocess.run([os.sys.executable, "-c", program]).returncode) == 0
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(f"http://127.0.0.1:{process.port}/live/healthz")).status_code == 200
