"""The port itself: strangers, floods and faults touch nobody but those who cause them."""

import asyncio
import dataclasses
import logging
import ssl

import pytest

from glisson.streaming.rtmp import publisher
from glisson.streaming.rtmp.chunks import USER_CONTROL, write_message
from glisson.streaming.rtmp.limits import Limits
from glisson.streaming.rtmp.server import RtmpServer
from tests.streaming.rtmp.encoders import AVCC_360P, KEY, OneAtATime
from tests.streaming.rtmp.sources import reset, until

IDR = b"\x00\x00\x00\x05\x65\x88\x84\x00\x10"
PING = write_message(USER_CONTROL, b"\x00\x06\x00\x00\x00\x01", chunk_stream=2, chunk_size=4096)


def hello(key=KEY):
    return publisher.greeting() + publisher.opening(key) + publisher.video(0, publisher.avc_config(AVCC_360P))


def picture(stamp):
    return publisher.video(stamp, publisher.avc_picture(IDR, key=True))


async def connect(server, *pieces, context=None):
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, ssl=context)
    for piece in pieces:
        writer.write(piece)
    return reader, writer


async def read_to_the_end(reader):
    """Everything the server says until it closes; a reset is an end too."""
    said = b""
    try:
        while piece := await asyncio.wait_for(reader.read(65536), 20):
            said += piece
    except ConnectionError:
        pass
    return said


def limits(**changes):
    return dataclasses.replace(Limits(), **changes)


async def test_many_publishers_on_one_port(serve):
    keys = [f"feed{number}-secret" for number in range(20)]
    door = OneAtATime(*keys)
    server = await serve(door=door)

    encoders = [await connect(server, hello(key), picture(number)) for number, key in enumerate(keys)]
    await until(lambda: len(door.sinks) == 20 and all(sink.packets for sink in door.sinks))
    for _, writer in encoders:
        writer.close()
    await until(lambda: all(sink.ends for sink in door.sinks))

    assert {key for key, _, _ in door.asked} == set(keys)
    assert sorted(sink.packets[0].dts // 90 for sink in door.sinks) == list(range(20))
    assert {tuple(sink.ends) for sink in door.sinks} == {("The encoder closed the connection.",)}


async def test_a_wrong_key_is_told_so_and_disconnected(serve, door):
    server = await serve()

    reader, writer = await connect(server, hello("wrong"), picture(0) * 1000)
    said = await read_to_the_end(reader)
    writer.close()

    assert b"NetStream.Publish.BadName" in said
    assert b"This stream key is not known." in said
    assert (door.sinks, server.refusals) == ([], [("wrong", "wrong_key")])


async def test_a_reset_ends_the_publication_once(serve, door):
    server = await serve()
    _, writer = await connect(server, hello(), picture(0))
    await until(lambda: door.sinks and door.sinks[0].packets)

    reset(writer)
    await until(lambda: door.sinks[0].ends)
    await until(lambda: server.connections == 0)

    assert door.sinks[0].ends == ["The connection to the encoder broke."]


async def test_garbage_and_slow_strangers_touch_nobody_else(serve, door):
    server = await serve(limits=limits(handshake=1, publish=2))
    _, good = await connect(server, hello(), picture(0))
    await until(lambda: door.sinks and door.sinks[0].packets)

    garbage = [await connect(server, noise) for noise in (b"GET / HTTP/1.1\r\n\r\n", b"\x03" + b"\xff" * 9000)]
    slow = [await connect(server, b"\x03" + bytes(count)) for count in (0, 1, 1536, 3000)]
    slow += [await connect(server), await connect(server, publisher.greeting() + b"\x03")]
    for reader, writer in garbage + slow:
        await read_to_the_end(reader)
        writer.close()
    good.write(picture(33))
    await until(lambda: len(door.sinks[0].packets) == 2)

    codes = sorted(code for _, code in server.refusals)
    assert codes == ["garbage", "garbage", *["slow_handshake"] * 5, "slow_publish"]
    assert door.sinks[0].ends == []
    good.close()


async def test_bytes_that_drip_in_do_not_buy_time(serve, door):
    server = await serve(limits=limits(handshake=1))
    reader, writer = await connect(server, b"\x03")

    async def drip():
        while True:
            writer.write(b"\0")
            await asyncio.sleep(0.05)

    dripping = asyncio.create_task(drip())
    await read_to_the_end(reader)
    dripping.cancel()
    writer.close()

    assert server.refusals == [("", "slow_handshake")]


@pytest.mark.parametrize(
    ("changes", "media", "code"),
    [({"idle": 0.5}, picture(0), "idle"), ({"first_key": 0.5}, b"", "no_keyframe")],
    ids=["silent", "no key frame"],
)
async def test_a_publisher_that_falls_silent_or_sends_no_key_frame(serve, door, changes, media, code):
    server = await serve(limits=limits(**changes))

    reader, writer = await connect(server, hello(), media)
    said = await read_to_the_end(reader)
    writer.close()

    (sink,) = door.sinks
    assert [trouble.code for trouble in sink.notes] == [code]
    assert sink.ends == [sink.notes[0].text]
    assert sink.notes[0].text.encode() in said
    assert server.refusals == [(KEY, code)]


async def test_one_address_may_hold_so_many_connections(serve, door):
    server = await serve(limits=limits(per_address=2))
    first, second = await connect(server, hello()), await connect(server)
    await until(lambda: server.connections == 2)

    third = await connect(server)
    await read_to_the_end(third[0])
    assert server.refusals == [("", "too_many_connections")]
    second[1].close()
    await until(lambda: server.connections == 1)
    fourth = await connect(server, b"\x03")
    await until(lambda: server.connections == 2)

    assert len(server.refusals) == 1
    for _, writer in (first, third, fourth):
        writer.close()


async def test_the_server_holds_so_many_connections(serve):
    server = await serve(limits=limits(connections=1))
    _, one = await connect(server)
    await until(lambda: server.connections == 1)

    reader, two = await connect(server)
    await read_to_the_end(reader)

    assert server.refusals == [("", "too_many_connections")]
    one.close()
    two.close()


async def test_a_peer_that_does_not_read_our_answers_is_cut(serve, door):
    server = await serve(limits=limits(written=4096))
    reader, writer = await connect(server, hello())
    await until(lambda: door.sinks)
    writer.transport.set_write_buffer_limits(high=1 << 20)

    async def flood():
        while True:
            writer.write(PING * 5000)
            await writer.drain()

    reader._transport.pause_reading()
    with pytest.raises(ConnectionError):
        await asyncio.wait_for(flood(), 60)

    await until(lambda: door.sinks[0].ends)
    assert server.refusals == [(KEY, "garbage")]
    writer.close()


@pytest.mark.parametrize("broken", ["take", "note", "end", "configure_video"])
async def test_a_fault_of_ours_costs_one_encoder_its_connection(serve, door, caplog, broken, monkeypatch):
    door.keys = (KEY, "other-key")
    server = await serve()
    _, good = await connect(server, hello("other-key"), picture(0))
    await until(lambda: door.sinks and door.sinks[0].packets)
    admit = door.admit

    def admit_badly(key, *, way, peer):
        sink = admit(key, way=way, peer=peer)
        setattr(sink, broken, lambda *_: 1 / 0)
        return sink

    monkeypatch.setattr(door, "admit", admit_badly)
    with caplog.at_level(logging.ERROR):
        reader, bad = await connect(server, hello(), picture(0), publisher.audio(0, b"\x2fmp3"))
        if broken == "end":
            bad.write(publisher.closing(KEY))
        await read_to_the_end(reader)
    bad.close()
    good.write(picture(33))
    await until(lambda: len(door.sinks[0].packets) == 2)

    assert "ZeroDivisionError" in caplog.text
    assert door.sinks[0].ends == []
    assert broken == "end" or len(door.sinks[1].ends) == 1
    await until(lambda: server.connections == 1)
    good.close()


async def test_a_door_that_fails_costs_one_encoder_its_connection(serve, door, caplog, monkeypatch):
    server = await serve()
    monkeypatch.setattr(door, "admit", lambda key, **_: 1 / 0)

    reader, writer = await connect(server, hello())
    said = await read_to_the_end(reader)
    writer.close()

    assert b"an error in the server" in said
    assert server.refusals == [(KEY, "fault")]
    assert "ZeroDivisionError" in caplog.text


async def test_a_listener_to_refusals_that_fails_does_no_harm(door, caplog):
    server = RtmpServer(door, on_refusal=lambda key, peer, trouble: 1 / 0)
    await server.start("127.0.0.1", 0)

    reader, writer = await connect(server, hello("wrong"))
    said = await read_to_the_end(reader)
    writer.close()
    await server.close()

    assert b"This stream key is not known." in said
    assert "ZeroDivisionError" in caplog.text


async def test_closing_ends_publications_and_frees_the_port(door):
    server = RtmpServer(door, on_refusal=lambda key, peer, trouble: None)
    await server.start("127.0.0.1", 0)
    port = server.port
    reader, writer = await connect(server, hello(), picture(0))
    strangers = [await connect(server), await connect(server, b"\x03")]
    await until(lambda: door.sinks and door.sinks[0].packets)

    reading = asyncio.create_task(read_to_the_end(reader))
    await server.close()

    assert b"The server is restarting." in await reading
    assert len(door.sinks[0].ends) == 1
    assert server.connections == 0
    for _, other in (*strangers, (reader, writer)):
        other.close()
    again = RtmpServer(door, on_refusal=lambda key, peer, trouble: None)
    await again.start("127.0.0.1", port)
    await again.close()


async def test_stream_keys_are_not_written_to_the_log(serve, caplog):
    server = await serve()

    with caplog.at_level(logging.DEBUG):
        reader, writer = await connect(server, hello("feed7q-nearly-right-secret"))
        await read_to_the_end(reader)
    writer.close()

    assert "This stream key is not known." in caplog.text
    assert "nearly-right" not in caplog.text


async def test_a_flood_of_refusals_is_counted_rather_than_logged(serve, caplog):
    server = await serve()

    with caplog.at_level(logging.INFO):
        for _ in range(60):
            reader, writer = await connect(server, b"garbage")
            await read_to_the_end(reader)
            writer.close()
        await until(lambda: "more refusals in the last second" in caplog.text)

    assert len(server.refusals) == 60
    assert caplog.text.count("turned away") < 60


class TestTls:
    @pytest.fixture
    def context(self):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context

    async def test_a_publisher_and_a_wrong_key(self, serve, door, certificate, context):
        server = await serve(ssl=certificate)

        _, good = await connect(server, hello(), picture(0), context=context)
        await until(lambda: door.sinks and door.sinks[0].packets)
        reader, wrong = await connect(server, hello("wrong"), context=context)
        said = await read_to_the_end(reader)
        wrong.close()
        good.close()
        await until(lambda: door.sinks[0].ends)

        assert b"This stream key is not known." in said
        assert [way for _, way, _ in door.asked] == ["rtmps", "rtmps"]

    async def test_a_plain_encoder_on_the_tls_port(self, serve, certificate):
        server = await serve(ssl=certificate)

        reader, writer = await connect(server, hello())
        await read_to_the_end(reader)
        writer.close()
        await until(lambda: server.connections == 0)

        assert [code for _, code in server.refusals] == ["garbage"]

    async def test_a_stalled_tls_handshake_counts_and_ends(self, serve, certificate):
        server = await serve(ssl=certificate, limits=limits(per_address=1, handshake=0.5))
        stalled_reader, stalled = await connect(server, b"\x16\x03\x01")
        await until(lambda: server.connections == 1)

        reader, second = await connect(server)
        await read_to_the_end(reader)
        await read_to_the_end(stalled_reader)
        await until(lambda: server.connections == 0)
        stalled.close()
        second.close()

        assert [code for _, code in server.refusals] == ["too_many_connections", "garbage"]

    async def test_closing_while_a_handshake_stalls(self, door, certificate):
        server = RtmpServer(door, on_refusal=lambda key, peer, trouble: None)
        await server.start("127.0.0.1", 0, certificate)
        _, writer = await connect(server, b"\x16\x03\x01")
        await until(lambda: server.connections == 1)

        await server.close()

        assert server.connections == 0
        writer.close()


async def test_ipv6(door):
    server = RtmpServer(door, on_refusal=lambda key, peer, trouble: None)
    try:
        await server.start("::1", 0)
    except OSError:
        pytest.skip("this machine has no IPv6")
    _, writer = await asyncio.open_connection("::1", server.port)
    writer.write(hello() + picture(0))
    await until(lambda: door.sinks and door.sinks[0].packets)

    assert door.asked[0][2].startswith("[::1]:")
    writer.close()
    await server.close()


def test_a_port_is_known_only_after_the_start(door):
    with pytest.raises(RuntimeError, match="has not been started"):
        _ = RtmpServer(door, on_refusal=lambda key, peer, trouble: None).port
