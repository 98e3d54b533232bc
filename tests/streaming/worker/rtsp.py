"""A recorder that speaks RTSP: ffmpeg makes the RTP, this hands it on over one TCP connection (RFC 2326, 10.12)."""

import asyncio
import contextlib
import socket
import struct


class Outlet(asyncio.DatagramProtocol):
    """Where ffmpeg sends the RTP of one track."""

    def __init__(self, recorder, channel):
        self.recorder, self.channel = recorder, channel

    def datagram_received(self, data, address):
        writer = self.recorder.playing
        if writer is not None:
            writer.write(struct.pack(">cBH", b"$", self.channel, len(data)) + data)


class Recorder:
    """Plays one clip, in real time and from its beginning, to whoever asks for it."""

    def __init__(self, clip, user=""):
        self.clip, self.user = clip, user
        self.playing = None
        self.asked = []

    async def __aenter__(self):
        loop = asyncio.get_running_loop()
        self.outlets = [
            await loop.create_datagram_endpoint(
                lambda n=n: Outlet(self, 2 * n), ("127.0.0.1", 0), family=socket.AF_INET
            )
            for n in range(2)
        ]
        self.ports = [transport.get_extra_info("sockname")[1] for transport, _ in self.outlets]
        self.server = await asyncio.start_server(self.talk, "127.0.0.1", 0)
        self.url = f"rtsp://127.0.0.1:{self.server.sockets[0].getsockname()[1]}/theatre"
        self.ffmpeg = None
        return self

    async def __aexit__(self, *error):
        await self.stop()
        self.server.close()
        for transport, _ in self.outlets:
            transport.close()
        await asyncio.sleep(0)

    async def stop(self):
        if self.ffmpeg is not None and self.ffmpeg.returncode is None:
            self.ffmpeg.kill()
            await self.ffmpeg.wait()
        if self.playing is not None:
            self.playing.close()
            self.playing = None

    async def description(self):
        """Have ffmpeg write the SDP of the two tracks, and give each a name."""
        process = await self.start("-t", "0.2")
        text, _ = await process.communicate()
        for track in range(2):
            text = text.replace(f" {self.ports[track]} RTP/AVP".encode(), b" 0 RTP/AVP")
        head, *tracks = text.decode().split("m=")
        named = [f"{part.strip()}\r\na=control:track{number}\r\n" for number, part in enumerate(tracks)]
        return head.replace("SDP:\n", "").strip() + "\r\n" + "".join(f"m={part}" for part in named)

    async def start(self, *limits):
        outputs = []
        for kind, port in zip("va", self.ports, strict=True):
            outputs += [
                "-map",
                f"0:{kind}",
                "-c",
                "copy",
                *limits,
                "-f",
                "rtp",
                f"rtp://127.0.0.1:{port}?pkt_size=1200",
            ]
        command = ["ffmpeg", "-v", "error", "-nostdin", "-re", "-i", str(self.clip), *outputs, "-sdp_file", "pipe:1"]
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(*command, stdout=pipe if limits else asyncio.subprocess.DEVNULL)

    async def talk(self, reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while (first := await reader.readexactly(1)) != b"":
                if first == b"$":  # the player's receiver reports
                    _, size = struct.unpack(">BH", await reader.readexactly(3))
                    await reader.readexactly(size)
                    continue
                request = (first + await reader.readuntil(b"\r\n\r\n")).decode()
                await self.answer(request, writer)
        writer.close()

    async def answer(self, request, writer):
        method, url = request.split()[:2]
        self.asked.append(method)
        fields = dict(line.split(": ", 1) for line in request.strip().split("\r\n")[1:])
        head, body = {"CSeq": fields["CSeq"], "Session": "1"}, b""
        status = "200 OK"
        if self.user and self.user not in fields.get("Authorization", ""):
            status, head["WWW-Authenticate"] = "401 Unauthorized", 'Basic realm="recorder"'
        elif method == "OPTIONS":
            head["Public"] = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"
        elif method == "DESCRIBE":
            body = (await self.description()).encode()
            head |= {"Content-Type": "application/sdp", "Content-Base": self.url + "/"}
        elif method == "SETUP":
            if "TCP" not in fields["Transport"]:
                status = "461 Unsupported Transport"
            else:
                channel = 2 * int(url[-1])
                head["Transport"] = f"RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1}"
        elif method == "PLAY":
            self.playing = writer
            self.ffmpeg = await self.start()
        if body:
            head["Content-Length"] = str(len(body))
        lines = [f"RTSP/1.0 {status}", *(f"{name}: {value}" for name, value in head.items()), "", ""]
        writer.write("\r\n".join(lines).encode() + body)
