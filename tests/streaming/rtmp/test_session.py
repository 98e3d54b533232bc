import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glisson.streaming import amf0
from glisson.streaming.packets import Packet, Refused, Trouble
from glisson.streaming.rtmp import publisher
from glisson.streaming.rtmp.chunks import (
    ABORT,
    ACKNOWLEDGEMENT,
    SET_CHUNK_SIZE,
    USER_CONTROL,
    WINDOW_SIZE,
    write_message,
)
from glisson.streaming.rtmp.limits import Limits
from tests.streaming.rtmp.encoders import AAC_48K_STEREO, AVCC_360P, AVCC_720P, KEY, Encoder, OneAtATime

WRAP = 1 << 32
HELLO = publisher.greeting() + publisher.opening(KEY)


def nals(*units):
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)


IDR = nals(b"\x06sei", b"\x65" + b"key" * 100)
INTER = nals(b"\x41" + b"inter" * 30)


def configured(avcc=AVCC_360P, asc=AAC_48K_STEREO):
    return publisher.video(0, publisher.avc_config(avcc)) + publisher.audio(0, publisher.aac_config(asc))


def picture(stamp, data=IDR, key=True, offset=0):
    return publisher.video(stamp, publisher.avc_picture(data, key=key, offset=offset))


def sound(stamp, data=b"aac frame"):
    return publisher.audio(stamp, publisher.aac_frame(data))


def command(*values, kind=20, stream=0):
    body = (b"\0" if kind == 17 else b"") + amf0.encode(*values)
    return write_message(kind, body, chunk_stream=3, message_stream=stream, chunk_size=4096)


SESSION = (
    HELLO
    + configured()
    + picture(0)
    + sound(0)
    + picture(33, INTER, False, 66)
    + sound(21)
    + picture(66, INTER, False, -33)
    + publisher.closing(KEY)
)
PACKETS = [
    Packet(True, 0, 0, True, IDR),
    Packet(False, 0, 0, True, b"aac frame"),
    Packet(True, 2970, 8910, False, INTER),
    Packet(False, 1890, 1890, True, b"aac frame"),
    Packet(True, 5940, 2970, False, INTER),
]


class TestAPublication:
    def test_from_handshake_to_end(self, door, encoder):
        encoder.send(SESSION)

        (sink,) = door.sinks
        assert door.asked == [(KEY, "rtmp", "10.0.0.7:4321")]
        assert [(v.width, v.height, v.codec, v.avcc) for v in sink.videos] == [(640, 360, "avc1.64001e", AVCC_360P)]
        assert [(a.rate, a.channels, a.asc) for a in sink.audios] == [(48000, 2, AAC_48K_STEREO)]
        assert sink.packets == PACKETS
        assert sink.ends == ["The encoder stopped."]
        assert encoder.codes == ["NetStream.Publish.Start", "NetStream.Unpublish.Success"]
        assert (encoder.refusals, encoder.closed, sink.notes) == ([], 0, [])

    @given(st.lists(st.integers(0, len(SESSION)), max_size=30))
    @settings(max_examples=100)
    def test_the_same_however_the_bytes_are_split(self, cuts):
        door = OneAtATime()
        encoder = Encoder(door, Limits())
        cuts = sorted(cuts)

        for start, stop in zip([0, *cuts], [*cuts, len(SESSION)], strict=True):
            encoder.send(SESSION[start:stop])

        assert door.sinks[0].packets == PACKETS
        assert door.sinks[0].ends == ["The encoder stopped."]

    def test_the_server_introduces_itself_as_encoders_expect(self, encoder):
        encoder.send(HELLO)

        kinds = [kind for kind, _, _ in encoder.heard]
        answers = [body for kind, _, body in encoder.heard if kind == 20]
        assert encoder.written[0] == 3
        assert bytes(encoder.written[1537:3073]) == bytes(1536)  # S2 gives C1 back
        assert kinds[:2] == [5, 6]
        assert [body[0] for body in answers] == ["_result", "_result", "_result", "_result", "onFCPublish", "onStatus"]
        assert answers[0][3]["code"] == "NetConnection.Connect.Success"
        assert answers[0][2]["videoFourCcInfoMap"] == {"avc1": 4.0}
        assert answers[3] == ["_result", 4.0, None, 1.0]

    def test_a_query_behind_the_key_is_not_the_key(self, door, encoder):
        encoder.send(publisher.greeting() + publisher.opening(KEY + "?token=1&x=y"))

        assert [key for key, _, _ in door.asked] == [KEY]
        assert len(door.sinks) == 1

    @pytest.mark.parametrize("app", ["live", "live/", "/live", "live?x=y"])
    def test_the_application_may_be_written_in_several_ways(self, door, encoder, app):
        encoder.send(publisher.greeting() + publisher.opening(KEY, app=app))

        assert len(door.sinks) == 1

    def test_commands_in_amf3_messages_hold_amf0(self, door, encoder):
        encoder.send(
            publisher.greeting(),
            command("connect", 1.0, {"app": "live"}, kind=17),
            command("createStream", 2.0, None, kind=17),
            command("publish", 3.0, None, KEY, "live", kind=17, stream=1),
        )

        assert len(door.sinks) == 1

    def test_publishing_again_on_the_same_connection(self, door, encoder):
        encoder.send(SESSION, command("publish", 8.0, None, KEY, "live", stream=1), configured(), picture(5000))

        assert [len(sink.packets) for sink in door.sinks] == [5, 1]
        assert [sink.ends for sink in door.sinks] == [["The encoder stopped."], []]

    def test_a_lost_connection_ends_it_once(self, door, encoder):
        encoder.send(HELLO, configured(), picture(0))

        encoder.session.lost("The connection to the encoder broke.")
        encoder.session.lost("again")
        encoder.send(picture(33))

        assert door.sinks[0].ends == ["The connection to the encoder broke."]
        assert len(door.sinks[0].packets) == 1


class TestTurnedAway:
    def test_a_wrong_key(self, door, encoder):
        encoder.send(publisher.greeting() + publisher.opening("wrong") + configured() + picture(0) + sound(0))

        assert door.sinks == []
        assert encoder.codes == ["NetStream.Publish.BadName"]
        assert encoder.statuses[0]["description"] == "This stream key is not known."
        assert encoder.refusals == [("wrong", "10.0.0.7:4321", "wrong_key")]
        assert encoder.closed == 1

    @pytest.mark.parametrize("key", ["", "  ", "?x=y", "k" * 513])
    def test_a_key_that_cannot_be_one_is_not_even_asked_for(self, door, encoder, key):
        encoder.send(publisher.greeting() + publisher.opening(key))

        assert door.asked == []
        assert encoder.codes == ["NetStream.Publish.BadName"]
        assert [code for _, _, code in encoder.refusals] == ["wrong_key"]

    def test_a_second_publisher_while_the_first_goes_on(self, door, encoder):
        second = Encoder(door, Limits())
        encoder.send(HELLO, configured(), picture(0))

        second.send(HELLO, configured(), picture(0))
        encoder.send(picture(33, INTER, False))

        assert second.codes == ["NetStream.Publish.BadName"]
        assert (second.closed, encoder.closed) == (1, 0)
        assert [len(sink.packets) for sink in door.sinks] == [2]

    def test_another_application_without_repeating_a_key_in_the_wrong_field(self, door, encoder):
        encoder.send(publisher.greeting() + publisher.opening("", app="live/" + KEY))

        refusal = [body for kind, _, body in encoder.heard if kind == 20]
        assert [body[0] for body in refusal] == ["_error"]
        assert refusal[0][3]["code"] == "NetConnection.Connect.Rejected"
        assert "/live" in refusal[0][3]["description"]
        assert KEY not in refusal[0][3]["description"]
        assert [code for _, _, code in encoder.refusals] == ["wrong_app"]
        assert (door.asked, encoder.closed) == ([], 1)

    def test_a_viewer(self, encoder):
        encoder.send(publisher.greeting(), command("connect", 1.0, {"app": "live"}), command("play", 2.0, None, KEY))

        assert encoder.codes == ["NetStream.Play.Failed"]
        assert encoder.closed == 1

    @pytest.mark.parametrize(
        "wire",
        [
            b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00",
            b"\x06" + bytes(3072),
            publisher.greeting() + b"\xff" * 20,
            publisher.greeting() + command("publish", 1.0, None, KEY),
            publisher.greeting() + command("connect", 1.0, "live"),
            publisher.greeting() + command("connect", 1.0),
            publisher.greeting() + command("connect", 1.0, {"app": "live"}) * 2,
            publisher.greeting() + command("connect", 1.0, {"app": "live"}) + command("createStream", 1.0, None) * 17,
            publisher.greeting() + write_message(20, b"\x07\x00\x01", chunk_stream=3, chunk_size=128),
            HELLO + command("publish", 9.0, None, KEY, "live", stream=1),
            HELLO + publisher.video(0, b"\x17"),
            HELLO + write_message(22, b"\x09\xff\xff\xff" + bytes(20), chunk_stream=6, chunk_size=4096),
        ],
    )
    def test_garbage(self, door, encoder, wire):
        encoder.send(wire, picture(0))

        assert [code for _, _, code in encoder.refusals] == ["garbage"]
        assert encoder.closed == 1
        for sink in door.sinks:
            assert [trouble.code for trouble in sink.notes] == ["garbage"]
            assert len(sink.ends) == 1
            assert sink.packets == []

    def test_a_tls_client_on_the_plain_port_is_told_so(self, encoder):
        told = []
        encoder.session._line.on_refusal = lambda key, peer, trouble: told.append(trouble.text)

        encoder.send(b"\x16\x03\x01\x02\x00")

        assert "rtmps://" in told[0]

    def test_media_before_the_key_go_nowhere(self, door, encoder):
        larger = write_message(SET_CHUNK_SIZE, (4096).to_bytes(4, "big"), chunk_stream=2, chunk_size=128)
        connect = larger + command("connect", 1.0, {"app": "live"}) + command("createStream", 2.0, None)

        encoder.send(publisher.greeting(), connect, configured(), picture(0), sound(0))
        encoder.send(command("publish", 3.0, None, KEY, "live", stream=1))

        assert [sink.packets for sink in door.sinks] == [[]]
        assert [sink.videos for sink in door.sinks] == [[]]


class TestPicturesAndSound:
    @pytest.fixture
    def sink(self, door, encoder):
        encoder.send(HELLO)
        return door.sinks[0]

    def test_stamps_that_wrap_go_on(self, encoder, sink):
        encoder.send(configured(), picture(WRAP - 33), sound(WRAP - 10), picture(0), sound(11), picture(33))

        assert [p.dts // 90 for p in sink.packets] == [WRAP - 33, WRAP - 10, WRAP, WRAP + 11, WRAP + 33]

    def test_stamps_that_jump_are_passed_on_as_they_are(self, encoder, sink):
        encoder.send(configured(), *(picture(stamp) for stamp in (0, 40, 3_600_000, 3_600_040, 0, 40)))

        assert [p.dts // 90 for p in sink.packets] == [0, 40, 3_600_000, 3_600_040, 0, 40]

    def test_pictures_are_held_back_until_the_first_key_frame(self, encoder, sink):
        encoder.send(picture(0), configured(), picture(33, INTER, False), picture(66), picture(100, INTER, False))

        assert [p.dts // 90 for p in sink.packets] == [66, 100]

    def test_a_configuration_is_passed_on_when_it_changes(self, encoder, sink):
        encoder.send(configured(), picture(0), configured(), picture(33, INTER, False))
        encoder.send(configured(AVCC_720P), picture(66, INTER, False), picture(100))

        assert [config.height for config in sink.videos] == [360, 720]
        assert len(sink.audios) == 1
        assert [p.dts // 90 for p in sink.pictures] == [0, 33, 100]

    def test_the_sound_may_change_too(self, encoder, sink):
        encoder.send(configured(), sound(0), publisher.audio(21, publisher.aac_config(b"\x12\x10")), sound(42))

        assert [config.rate for config in sink.audios] == [48000, 44100]
        assert len(sink.sounds) == 2

    def test_sound_of_no_length_is_silence(self, encoder, sink):
        encoder.send(configured(), picture(0), publisher.audio(0, b""), sound(21, b""), publisher.video(30, b""))
        encoder.send(sound(43))

        assert [p.dts // 90 for p in sink.sounds] == [43]
        assert (sink.notes, encoder.closed) == ([], 0)

    def test_sound_before_its_configuration_is_left_out(self, encoder, sink):
        encoder.send(sound(0), configured(), sound(21))

        assert [p.dts // 90 for p in sink.sounds] == [21]

    @pytest.mark.parametrize(
        ("body", "name"),
        [
            (b"\x2fmp3", "MP3"),
            (b"\x90OpusOpusHead", "Opus"),
            (b"\x3fpcm", "PCM"),
            (b"\xb6speex", "Speex"),
            (publisher.aac_config(b"\xff"), "AAC"),
            (publisher.aac_config(b"\xf8\xe6\x30\x00"), "AAC"),  # object type 39, AAC-ELD
        ],
    )
    def test_sound_that_browsers_do_not_play_is_left_out_with_a_sentence(self, encoder, sink, body, name):
        encoder.send(publisher.video(0, publisher.avc_config(AVCC_360P)), publisher.audio(0, body), picture(0))
        encoder.send(publisher.audio(20, body), picture(33, INTER, False))

        assert [trouble.code for trouble in sink.notes] == ["audio_codec"]
        assert "AAC" in sink.notes[0].text
        assert sink.notes[0].values["codec"].startswith(name)
        assert (sink.audios, sink.sounds, len(sink.pictures), sink.ends) == ([], [], 2, [])

    @pytest.mark.parametrize(
        ("body", "name"),
        [
            (b"\x1c\x00\x00\x00\x00hvcC", "HEVC (H.265)"),
            (b"\x90hvc1hvcC", "HEVC (H.265)"),
            (b"\x90av01av1C", "AV1"),
            (b"\x90vp09vpcC", "VP9"),
            (b"\x12sorenson", "Sorenson H.263"),
        ],
    )
    def test_other_pictures_than_h264_end_the_publication_with_a_sentence(self, encoder, sink, body, name):
        encoder.send(publisher.video(0, body), configured(), picture(0))

        assert encoder.codes == ["NetStream.Publish.Start", "NetStream.Publish.Denied"]
        assert name in encoder.statuses[1]["description"]
        assert "H.264" in encoder.statuses[1]["description"]
        assert [trouble.code for trouble in sink.notes] == ["video_codec"]
        assert (len(sink.ends), sink.packets, encoder.closed) == (1, [], 1)
        assert encoder.refusals == [(KEY, "10.0.0.7:4321", "video_codec")]

    def test_a_configuration_that_cannot_be_used_ends_the_publication(self, encoder, sink):
        encoder.send(publisher.video(0, publisher.avc_config(b"\x01\x64")))

        assert [trouble.code for trouble in sink.notes] == ["video_config"]
        assert (len(sink.ends), encoder.closed) == (1, 1)

    def test_h264_in_the_enhanced_form_is_taken(self, encoder, sink):
        encoder.send(
            publisher.video(0, b"\x90avc1" + AVCC_360P),
            publisher.video(0, b"\x91avc1" + (66).to_bytes(3, "big") + IDR),
            publisher.video(33, b"\xa7\x02" + (500_000).to_bytes(3, "big") + b"\x03avc1" + INTER),
            publisher.audio(0, b"\x90mp4a" + AAC_48K_STEREO),
            publisher.audio(0, b"\x91mp4aframe"),
        )

        assert sink.pictures == [Packet(True, 0, 5940, True, IDR), Packet(True, 3015, 3015, False, INTER)]
        assert sink.sounds == [Packet(False, 0, 0, True, b"frame")]

    def test_of_several_tracks_the_first_is_taken(self, encoder, sink):
        second = b"\xa6\x03avc1\x01" + INTER
        encoder.send(configured(), picture(0), publisher.video(0, second), publisher.video(33, second))

        assert len(sink.pictures) == 1
        assert [trouble.code for trouble in sink.notes] == ["several_tracks"]

    def test_a_damaged_picture_is_left_out(self, encoder, sink):
        encoder.send(configured(), picture(0), picture(33, INTER[:-1], False), picture(66, INTER, False))

        assert [p.dts // 90 for p in sink.pictures] == [0, 66]
        assert [trouble.code for trouble in sink.notes] == ["broken_picture"]

    def test_an_aggregate_takes_its_own_time(self, encoder, sink):
        tags = [
            (9, 1000, publisher.avc_picture(IDR, key=True)),
            (8, 1010, publisher.aac_frame(b"a")),
            (9, 1033, publisher.avc_picture(INTER, key=False)),
        ]
        encoder.send(configured(), publisher.aggregate(WRAP - 10, tags))

        assert [p.dts // 90 for p in sink.packets] == [WRAP - 10, WRAP, WRAP + 23]
        assert [p.data for p in sink.packets] == [IDR, b"a", INTER]


class TestTheSinkHangsUp:
    TROUBLE = Trouble("old_key", "The stream key has been changed. Copy the new one from the technician's page.")

    def test_between_two_messages(self, door, encoder):
        encoder.send(HELLO, configured(), picture(0))
        (sink,) = door.sinks

        sink.hang_up(self.TROUBLE)
        sink.hang_up(self.TROUBLE)
        encoder.send(picture(33, INTER, False))

        assert sink.ends == [self.TROUBLE.text]
        assert len(sink.packets) == 1
        assert encoder.statuses[-1]["description"] == self.TROUBLE.text
        assert encoder.statuses[-1]["level"] == "error"
        assert (encoder.closed, encoder.refusals) == (1, [])

    def test_on_what_it_is_given(self, door, encoder):
        encoder.send(HELLO, configured())
        (sink,) = door.sinks
        sink.on_take = lambda packet: sink.hang_up(self.TROUBLE)

        encoder.send(picture(0) + picture(33, INTER, False) + publisher.aggregate(66, [(8, 0, b"\xaf\x01a")]))

        assert (len(sink.packets), sink.ends) == (1, [self.TROUBLE.text])

    def test_after_the_end_it_touches_nobody_else(self, door, encoder):
        encoder.send(SESSION, command("publish", 8.0, None, KEY, "live", stream=1))
        first, second = door.sinks

        first.hang_up(self.TROUBLE)

        assert (second.ends, encoder.closed) == ([], 0)


class TestDeadlines:
    def test_handshake(self, encoder):
        encoder.send(b"\x03" + bytes(100))

        assert encoder.overdue(4.9) is None
        assert encoder.overdue(5.1) == "slow_handshake"

    def test_a_stream_key(self, encoder):
        encoder.send(publisher.greeting())

        assert encoder.overdue(9.9) is None
        assert encoder.overdue(10.1) == "slow_publish"

    def test_bytes_that_drip_do_not_move_the_deadlines_of_a_stranger(self, encoder):
        encoder.send(publisher.greeting())
        for value in publisher.opening(KEY)[:9]:
            encoder.clock += 1
            encoder.send(bytes((value,)))

        assert encoder.overdue(1.1) == "slow_publish"

    def test_silence(self, encoder):
        encoder.send(HELLO, configured(), picture(0))
        encoder.clock += 60
        encoder.send(sound(0))

        assert encoder.overdue(14.9) is None
        assert encoder.overdue(15.1) == "idle"

    @pytest.mark.parametrize(
        ("media", "code"),
        [
            (configured() + picture(0, INTER, False) + sound(0), "no_keyframe"),
            (publisher.audio(0, publisher.aac_config(AAC_48K_STEREO)), "no_media"),
            (configured() + picture(0), None),
            (publisher.audio(0, publisher.aac_config(AAC_48K_STEREO)) + sound(0), None),
        ],
    )
    def test_a_beginning(self, encoder, media, code):
        encoder.send(HELLO)
        encoder.clock += 19
        encoder.send(media)

        assert encoder.overdue(0.9) is None
        assert encoder.overdue(1.1) == code

    def test_pictures_that_join_a_feed_of_sound_have_their_own_time_for_a_key_frame(self, encoder):
        encoder.send(HELLO, publisher.audio(0, publisher.aac_config(AAC_48K_STEREO)), sound(0))
        assert encoder.overdue(10) is None
        encoder.clock += 60
        encoder.send(sound(60_000))
        assert encoder.overdue(0) is None

        encoder.send(configured(), picture(60_000, INTER, False))
        encoder.clock += 10
        encoder.send(sound(70_000))
        assert encoder.overdue(0) is None
        encoder.clock += 11
        encoder.send(sound(81_000))
        assert encoder.overdue(0) == "no_keyframe"

    def test_after_a_publication_a_new_key_is_due_again(self, encoder):
        encoder.send(HELLO, configured(), picture(0))
        encoder.clock += 3600
        encoder.send(publisher.closing(KEY))

        assert encoder.overdue(9) is None
        assert encoder.overdue(11) == "slow_publish"

    def test_turning_away_tells_the_sink_and_the_encoder(self, door, encoder):
        encoder.send(HELLO)

        encoder.session.turn_away(encoder.session.overdue(encoder.clock + 30))

        (sink,) = door.sinks
        assert [trouble.code for trouble in sink.notes] == ["idle"]
        assert sink.ends == [sink.notes[0].text]
        assert (encoder.closed, encoder.refusals) == (1, [(KEY, "10.0.0.7:4321", "idle")])


class TestHousekeeping:
    def test_a_ping_is_answered_with_its_own_time(self, encoder):
        ping = write_message(USER_CONTROL, b"\x00\x06\x01\x02\x03\x04", chunk_stream=2, chunk_size=4096)

        encoder.send(HELLO, ping)

        assert (USER_CONTROL, 0, b"\x00\x07\x01\x02\x03\x04") in encoder.heard

    def test_received_bytes_are_acknowledged_once_a_window(self, encoder):
        window = write_message(WINDOW_SIZE, (100_000).to_bytes(4, "big"), chunk_stream=2, chunk_size=4096)
        large = write_message(18, bytes(60_000), chunk_stream=5, chunk_size=4096)
        encoder.send(HELLO + window)

        sent, counts = len(HELLO) + len(window), []
        for _ in range(6):
            encoder.send(large)
            sent += len(large)
            heard = [int.from_bytes(body, "big") for kind, _, body in encoder.heard if kind == ACKNOWLEDGEMENT]
            if heard[len(counts) :]:
                counts.append(sent)
        assert heard == counts
        assert len(counts) == 3

    def test_an_abort_in_the_middle_of_a_picture(self, door, encoder):
        large = picture(0, nals(b"\x65" + bytes(9000)))
        abort = write_message(ABORT, (6).to_bytes(4, "big"), chunk_stream=2, chunk_size=4096)

        encoder.send(HELLO, configured(), large[:4108], abort, picture(33))

        assert [p.dts // 90 for p in door.sinks[0].packets] == [33]

    @pytest.mark.parametrize(
        ("capabilities", "asked"), [({}, False), ({"capsEx": 1.0}, True), ({"capsEx": 14.0}, False)]
    )
    def test_a_restart_asks_encoders_that_can_to_come_back(self, door, encoder, capabilities, asked):
        encoder.send(publisher.greeting(), publisher.opening(KEY, properties=capabilities), configured(), picture(0))

        encoder.session.restart()
        encoder.session.restart()

        assert ("NetConnection.Connect.ReconnectRequest" in encoder.codes) == asked
        assert (len(door.sinks[0].ends), encoder.closed, encoder.refusals) == (1, 1, [])

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, 1e300, "1", None])
    def test_odd_capabilities_do_no_harm(self, door, encoder, value):
        encoder.send(
            publisher.greeting(), publisher.opening(KEY, properties={"capsEx": value, "objectEncoding": value})
        )

        assert len(door.sinks) == 1

    def test_a_door_that_refuses_is_asked_every_time(self):
        class Closed:
            def admit(self, key, *, way, peer):
                raise Refused(Trouble("closed_feed", "This feed is closed. Open it on the technician's page."))

        encoder = Encoder(Closed(), Limits())

        encoder.send(HELLO)

        assert encoder.statuses[0]["description"].startswith("This feed is closed.")
