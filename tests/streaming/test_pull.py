import asyncio
import functools
import http.server
import itertools
import os
import shutil
import signal
import socket
import subprocess
import threading

import pytest

from glisson.streaming.h264 import well_framed
from glisson.streaming.packets import TICKS, Refused, Trouble
from glisson.streaming.pull import Pull, check_url
from tests.streaming.worker.clips import FOLDER, clip, content
from tests.streaming.worker.rtsp import Recorder
from tests.streaming.worker.sinks import KeptDoor, until


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def do_GET(self):
        self.server.asked.append(self.path)
        if self.path.startswith("/elsewhere"):
            self.send_response(302)
            self.send_header("Location", self.server.elsewhere)
            self.end_headers()
            return
        try:
            super().do_GET()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # pulls are cut off in the middle here, on purpose


@pytest.fixture
def recorder():
    """A recorder: an HTTP server with clips."""
    server = Server(("127.0.0.1", 0), functools.partial(Quiet, directory=FOLDER))
    server.asked = []
    server.elsewhere = ""
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
async def pulled():
    """``pulled(url)`` starts a pull and returns its door; everything is closed at the end."""
    pulls = []

    def start(url, door=None):
        door = door or KeptDoor()
        door.pull = Pull(url, admit=door.admit, report=door.reports.append)
        door.pull.start()
        pulls.append(door.pull)
        return door

    yield start
    for pull in pulls:
        await pull.close()


def run_ffmpeg(command):
    subprocess.run(command, check=True, timeout=60, stdin=subprocess.DEVNULL)


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize("ending", ["mp4", "ts", "m3u8"])
async def test_h264_and_aac_come_through_bit_exact(recorder, pulled, ending):
    source = clip("pulled.mp4", seconds=3, b_frames=2)
    if ending != "mp4":
        target = source.with_suffix(f".{ending}")
        command = ["ffmpeg", "-v", "error", "-y", "-i", source, "-c", "copy"]
        if ending == "m3u8":
            command += ["-hls_time", "1", "-hls_list_size", "0"]
        run_ffmpeg([*command, target])
    expected = content(source)
    door = pulled(f"{recorder.url}/pulled.{ending}")
    await until(lambda: len(door.reports) >= 2)
    sink = door.sinks[0]
    assert [packet.data for packet in sink.pictures] == [packet.data for packet in expected.pictures]
    assert [packet.key for packet in sink.pictures] == [packet.key for packet in expected.pictures]
    assert [packet.data for packet in sink.sounds] == [packet.data for packet in expected.sounds]
    shift = sink.pictures[0].dts - expected.pictures[0].dts
    for got, wanted in ((sink.pictures, expected.pictures), (sink.sounds, expected.sounds)):
        differences = [packet.dts - shift - original.dts for packet, original in zip(got, wanted, strict=True)]
        assert max(map(abs, differences)) <= TICKS // 1000  # containers round differently
    assert [got.pts - got.dts for got in sink.pictures] == [wanted.pts - wanted.dts for wanted in expected.pictures]
    assert (sink.video[0].width, sink.video[0].height) == (640, 360)
    assert (sink.audio[0].rate, sink.audio[0].channels) == (48000, 2)
    assert sink.troubles == []
    assert sink.ends == ["the source ended"]
    assert door.codes[:2] == [None, "pull_failed"]
    assert door.reports[1].values["reason"] == "the source ended"


async def test_a_file_is_played_in_real_time(recorder, pulled):
    clip("paced.mp4", seconds=4)
    door = pulled(f"{recorder.url}/paced.mp4")
    await until(lambda: door.sinks and door.sink.pictures)
    began = asyncio.get_running_loop().time()
    await until(lambda: door.sink.ends)
    assert asyncio.get_running_loop().time() - began > 3  # four seconds of pictures: never in a rush


async def test_other_codecs_are_transcoded_and_the_technician_is_told(recorder, pulled):
    clip("old.ts", video="mpeg2video", audio="mp2", seconds=3)
    door = pulled(f"{recorder.url}/old.ts")
    await until(lambda: door.sinks and door.sink.ends)
    sink = door.sinks[0]
    assert {trouble.code for trouble in sink.troubles} == {"transcoded_video", "transcoded_audio"}
    assert any("MPEG2VIDEO" in trouble.text and "H.264" in trouble.text for trouble in sink.troubles)
    assert len(sink.pictures) == pytest.approx(75, abs=2)
    assert all(well_framed(packet.data, 4) for packet in sink.pictures)
    keys = [packet.dts for packet in sink.pictures if packet.key]
    assert len(keys) >= 3
    assert max(later - before for before, later in itertools.pairwise(keys)) <= 1.05 * TICKS
    assert len(sink.sounds) == pytest.approx(3 * 48000 / 1024, abs=4)
    assert sink.audio[0].codec == "mp4a.40.2"


async def test_rtsp_comes_through_bit_exact(pulled):
    source = clip("rtsp.mp4", seconds=6)
    expected = content(source)
    async with Recorder(source) as recorder:
        door = pulled(recorder.url)
        await until(lambda: door.sinks and len(door.sink.pictures) > 60)
        sink = door.sink
        await recorder.stop()
        await until(lambda: sink.ends)
    first = [packet.data for packet in expected.pictures].index(sink.pictures[0].data)
    count = len(sink.pictures)
    assert [packet.data for packet in sink.pictures] == [p.data for p in expected.pictures[first : first + count]]
    assert sink.pictures[0].key
    assert {packet.data for packet in sink.sounds} <= {packet.data for packet in expected.sounds}
    assert len(sink.sounds) > 60
    steps = {later.pts - before.pts for before, later in itertools.pairwise(sink.pictures)}
    assert steps <= set(range(3598, 3603))
    assert (sink.video[0].width, sink.audio[0].rate) == (640, 48000)
    assert "PLAY" in recorder.asked


async def test_a_wrong_password_is_told_and_kept_to_ourselves(pulled):
    async with Recorder(clip("rtsp.mp4", seconds=6), user="nobody") as recorder:
        door = pulled(recorder.url.replace("rtsp://", "rtsp://operator:geheim123@"))
        await until(lambda: door.reports)
    assert door.codes[0] == "pull_failed"
    assert "401" in door.reports[0].text or "nauthori" in door.reports[0].text
    assert "geheim123" not in door.reports[0].text


async def test_a_source_that_is_not_there_is_tried_again(pulled, recorder):
    door = pulled(f"{recorder.url}/later.mp4")
    await until(lambda: len(door.reports) >= 2)
    assert door.codes[:2] == ["pull_failed", "pull_failed"]
    assert "404" in door.reports[0].text or "not found" in door.reports[0].text.lower()
    assert door.reports[0].values["seconds"] == 1
    assert door.reports[1].values["seconds"] == 2
    shutil.copy(clip("pulled.mp4", seconds=3, b_frames=2), FOLDER / "later.mp4")
    await until(lambda: door.sinks and len(door.sink.pictures) > 10)
    assert door.codes[-1] is None
    (FOLDER / "later.mp4").unlink()


async def test_the_worker_is_killed_and_the_pull_comes_back(recorder, pulled):
    clip("long.mp4", seconds=8)
    door = pulled(f"{recorder.url}/long.mp4")
    await until(lambda: door.sinks and len(door.sink.pictures) > 10)
    os.kill(door.pull.worker_pid, signal.SIGKILL)
    await until(lambda: len(door.sinks) == 2 and len(door.sink.pictures) > 10)
    assert len(door.sinks[0].ends) == 1
    assert door.codes[:3] == [None, "pull_failed", None]


async def test_nobody_listens_there(pulled):
    door = pulled(f"rtsp://operator:geheim123@127.0.0.1:{free_port()}/stream")
    await until(lambda: door.reports)
    assert door.codes[0] == "pull_failed"
    assert "refused" in door.reports[0].text
    assert "geheim123" not in door.reports[0].text
    assert door.sinks == []


async def test_a_playlist_cannot_read_this_computer(recorder, pulled):
    secret = clip("pulled.mp4", seconds=3, b_frames=2)
    (FOLDER / "evil.m3u8").write_text(
        f"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile://{secret}\n#EXT-X-ENDLIST\n"
    )
    (FOLDER / "evil.ffconcat").write_text(f"ffconcat version 1.0\nfile 'file:{secret}'\n")
    recorder.elsewhere = f"file://{secret}"
    doors = [pulled(f"{recorder.url}/{path}") for path in ("evil.m3u8", "evil.ffconcat", "elsewhere")]
    for door in doors:
        await until(lambda door=door: door.reports)
        assert door.codes[0] == "pull_failed"
        assert door.sinks == []


async def test_the_door_may_refuse_and_turn_out(recorder, pulled):
    clip("long.mp4", seconds=8)
    door = KeptDoor()
    door.refusal = Refused(Trouble("closed_feed", "The feed is closed."))
    pulled(f"{recorder.url}/long.mp4", door)
    await until(lambda: door.reports)
    assert door.codes == ["closed_feed"]
    door.refusal = None
    await until(lambda: door.sinks and len(door.sink.pictures) > 5)
    sink = door.sink
    sink.hang_up(Trouble("closed_feed", "The feed is closed now."))
    assert sink.ends == ["The feed is closed now."]
    sink.hang_up(Trouble("closed_feed", "The feed is closed now."))
    await until(lambda: door.codes[-1] == "closed_feed" and door.pull.worker_pid is None)


async def test_closing_ends_the_publication(recorder, pulled):
    clip("long.mp4", seconds=8)
    door = pulled(f"{recorder.url}/long.mp4")
    await until(lambda: door.sinks and door.sink.pictures)
    pid = door.pull.worker_pid
    await door.pull.close()
    assert door.sink.ends == ["closed"]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "/etc/passwd",
        "rtmp://host/live",
        "concat:http://a|http://b",
        "http://",
        "http:///path",
        "http://host:99999/",
        "http://host/a b",
        "http://host/\n",
        "subfile,,start,0,end,9,,:/etc/passwd",
        "http://host/" + "a" * 2000,
        "",
    ],
)
def test_only_addresses_of_recorders_are_taken(url):
    with pytest.raises(Refused) as refusal:
        check_url(url)
    assert refusal.value.trouble.code == "pull_url"


@pytest.mark.parametrize("url", ["rtsp://u:p@10.0.0.2:554/1", "https://host/live.m3u8", "http://[::1]:8080/a"])
def test_addresses_of_recorders(url):
    check_url(url)
