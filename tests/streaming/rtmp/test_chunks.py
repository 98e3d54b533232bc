import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glisson.streaming.rtmp.chunks import ABORT, SET_CHUNK_SIZE, ChunkError, ChunkReader, write_message
from glisson.streaming.rtmp.limits import Limits

TINY_CHUNKS = dataclasses.replace(Limits(), smallest_chunk=1)
CIRCLE = 1 << 32


class Writer:
    """An encoder that compresses headers as far as the rules allow, or as far as it is told to."""

    def __init__(self, chunk_size=128):
        self.chunk_size = chunk_size
        self.last = {}

    def chunks(self, number, stamp, kind, message_stream, payload, form):
        stamp_before, field, kind_before, stream_before, length_before = self.last.get(number, (0, 0, 0, 0, 0))
        step = (stamp - stamp_before) % CIRCLE
        if number not in self.last or message_stream != stream_before:
            form = 0
        if form >= 2 and (kind, len(payload)) != (kind_before, length_before):
            form = 1
        if form == 3 and step != field:
            form = 2
        value = stamp if form == 0 else step
        self.last[number] = (stamp, value, kind, message_stream, len(payload))
        extended = value.to_bytes(4, "big") if value >= 0xFFFFFF else b""
        head = b"" if form == 3 else min(value, 0xFFFFFF).to_bytes(3, "big")
        if form < 2:
            head += len(payload).to_bytes(3, "big") + bytes((kind,))
        if form == 0:
            head += message_stream.to_bytes(4, "little")
        pieces = [payload[at : at + self.chunk_size] for at in range(0, len(payload), self.chunk_size)] or [b""]
        yield basic(form, number) + head + extended + pieces[0]
        for piece in pieces[1:]:
            yield basic(3, number) + extended + piece


def basic(form, number):
    if number < 64:
        return bytes((form << 6 | number,))
    if number < 320:
        return bytes((form << 6, number - 64))
    return bytes((form << 6 | 1, (number - 64) % 256, (number - 64) // 256))


def reading(limits=TINY_CHUNKS, trusted=True):
    found = []
    reader = ChunkReader(
        limits, lambda kind, stamp, stream, payload: found.append((kind, stamp, stream, bytes(payload)))
    )
    if trusted:
        reader.trust()
    return reader, found


MESSAGES = st.lists(
    st.tuples(
        st.sampled_from([2, 3, 6, 63, 64, 65, 319, 320, 65599]),
        st.integers(0, CIRCLE - 1) | st.sampled_from([0, 33, 66, 99, 0xFFFFFE, 0xFFFFFF, 0x1000000, CIRCLE - 1]),
        st.sampled_from([8, 9, 18, 20]),
        st.integers(0, 3),
        st.binary(max_size=600),
        st.integers(0, 3),
    ),
    max_size=12,
)


@given(MESSAGES, st.sampled_from([1, 2, 5, 64, 127, 128, 129, 600, 4096, 60_000]), st.data())
@settings(max_examples=300)
def test_any_interleaving_of_chunks_in_any_split_gives_the_messages(messages, chunk_size, data):
    writer = Writer(chunk_size)
    begin = write_message(SET_CHUNK_SIZE, chunk_size.to_bytes(4, "big"), chunk_stream=2, chunk_size=128)
    queues = {}
    for number, stamp, kind, stream, payload, form in messages:
        # A form 3 right after an absolute time is read in two ways; it has tests of its own.
        form = 2 if form == 3 and len(queues.get(number, ())) < 2 else form
        chunks = list(writer.chunks(number, stamp, kind, stream, payload, form))
        queues.setdefault(number, []).append((chunks, (kind, stamp, stream, payload)))
    wire, expected = [begin], []
    while queues:
        number = data.draw(st.sampled_from(sorted(queues)))
        chunks, message = queues[number][0]
        wire.append(chunks.pop(0))
        if not chunks:
            expected.append(message)
            queues[number].pop(0)
            if not queues[number]:
                del queues[number]
    whole = b"".join(wire)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=20)))
    reader, found = reading()

    for start, stop in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        reader.feed(whole[start:stop])

    assert found == expected
    assert reader.buffered == 0


@given(MESSAGES)
@settings(max_examples=60)
def test_byte_by_byte_gives_the_same(messages):
    writer, wire = Writer(), b""
    for number, stamp, kind, stream, payload, form in messages:
        wire += b"".join(writer.chunks(number, stamp, kind, stream, payload, min(form, 2)))
    reader, found = reading()

    for value in wire:
        reader.feed(bytes((value,)))

    assert found == [(kind, stamp, stream, payload) for _, stamp, kind, stream, payload, _ in messages]


def test_a_chunk_size_set_between_two_chunks_holds_from_the_next():
    payload = bytes(range(200))
    first, second = Writer(128).chunks(4, 0, 9, 1, payload, 0)
    larger = write_message(SET_CHUNK_SIZE, (4096).to_bytes(4, "big"), chunk_stream=2, chunk_size=128)
    reader, found = reading()

    reader.feed(first + larger + second + b"".join(Writer(4096).chunks(5, 7, 8, 1, bytes(3000), 0)))

    assert found == [(9, 0, 1, payload), (8, 7, 1, bytes(3000))]


def test_an_abort_drops_the_partial_message_of_its_chunk_stream_only():
    four = list(Writer().chunks(4, 0, 9, 1, bytes(200), 0))
    five = list(Writer().chunks(5, 0, 8, 1, b"a" * 200, 0))
    abort = write_message(ABORT, (4).to_bytes(4, "big"), chunk_stream=2, chunk_size=128)
    reader, found = reading()

    reader.feed(four[0] + five[0] + abort + five[1])
    reader.feed(b"".join(Writer().chunks(4, 40, 9, 1, b"new", 0)))

    assert found == [(8, 0, 1, b"a" * 200), (9, 40, 1, b"new")]
    assert reader.buffered == 0


def test_form_3_repeats_the_step():
    reader, found = reading()
    writer = Writer()

    for stamp, form in ((0, 0), (33, 2), (66, 3), (99, 3)):
        reader.feed(b"".join(writer.chunks(4, stamp, 9, 1, b"x", form)))

    assert [stamp for _, stamp, _, _ in found] == [0, 33, 66, 99]


@pytest.mark.parametrize(("first", "second"), [(0, 0), (20, 40), (1000, 2000), (1001, 1001), (0xFFFFFF, 0xFFFFFF)])
def test_form_3_after_an_absolute_time_steps_by_it_unless_that_is_a_jump(first, second):
    reader, found = reading()
    extended = first.to_bytes(4, "big") if first >= 0xFFFFFF else b""

    reader.feed(b"".join(Writer().chunks(4, first, 9, 1, b"x", 0)) + b"\xc4" + extended + b"y")

    assert found == [(9, first, 1, b"x"), (9, second, 1, b"y")]


@pytest.mark.parametrize("stamp", [0xFFFFFF, 0x1000000, 0xFFFFFFFF])
@pytest.mark.parametrize("tail", [1, 2, 3, 4, 5, 128])
def test_senders_that_leave_the_extended_time_out_of_later_chunks_are_understood(stamp, tail):
    payload = bytes(range(128)) + b"\x42" * tail
    first, second = Writer().chunks(4, stamp, 9, 1, payload, 0)
    assert second[1:5] == stamp.to_bytes(4, "big")
    omitting = first + second[:1] + second[5:] + b"".join(Writer().chunks(5, 9, 8, 1, b"next", 0))
    reader, found = reading()

    for value in omitting:
        reader.feed(bytes((value,)))

    assert found == [(9, stamp, 1, payload), (8, 9, 1, b"next")]


def test_later_chunks_may_carry_the_absolute_time_after_a_large_step():
    step = 0x1000000
    payload = bytes(200)
    reader, found = reading()
    writer = Writer()
    reader.feed(b"".join(writer.chunks(4, 50, 9, 1, b"x", 0)))
    first, second = writer.chunks(4, 50 + step, 9, 1, payload, 1)

    reader.feed(first + second[:1] + (50 + step).to_bytes(4, "big") + second[5:])

    assert found[1] == (9, 50 + step, 1, payload)


def test_a_chunk_stream_that_begins_with_form_1_is_read():
    reader, found = reading()

    reader.feed(b"\x42\x00\x00\x00\x00\x00\x06\x04\x00\x06\x00\x00\x00\x01")

    assert found == [(4, 0, 0, b"\x00\x06\x00\x00\x00\x01")]


def control(kind, value):
    return write_message(kind, value.to_bytes(4, "big"), chunk_stream=2, chunk_size=128)


MANY_STREAMS = b"".join(basic(0, number) + bytes(11) for number in range(2, 67))
UNFINISHED = b"".join(
    basic(0, number) + bytes(3) + (8 << 20).to_bytes(3, "big") + b"\x09" + bytes(4) + bytes(1 << 20)
    for number in range(4, 24)
)


@pytest.mark.parametrize(
    ("wire", "why"),
    [
        (b"\x84", "begins without a header"),
        (b"\xc4", "begins without a header"),
        (control(SET_CHUNK_SIZE, 0), "chunk size of 0"),
        (control(SET_CHUNK_SIZE, 127), "chunk size of 127"),
        (control(SET_CHUNK_SIZE, (1 << 20) + 1), "chunk size of 1048577"),
        (control(SET_CHUNK_SIZE, CIRCLE - 1), "chunk size of 4294967295"),
        (write_message(SET_CHUNK_SIZE, b"\x10\x00", chunk_stream=2, chunk_size=128), "chunk size"),
        (write_message(SET_CHUNK_SIZE, b"\xff" * 3000, chunk_stream=2, chunk_size=128), "chunk size of 4294967295"),
        (b"\x04\x00\x00\x00\xff\xff\xff\x09\x00\x00\x00\x00", "a message of 16777215 bytes"),
        (next(Writer().chunks(4, 0, 9, 1, bytes(200), 0)) * 2, "before the last one"),
        (MANY_STREAMS, "more than 64 chunk streams"),
        (control(SET_CHUNK_SIZE, 1 << 20) + UNFINISHED, "bytes of unfinished messages"),
    ],
)
def test_what_breaks_the_rules_or_the_bounds(wire, why):
    reader, _ = reading(Limits())

    with pytest.raises(ChunkError, match=why):
        reader.feed(wire)


def test_strangers_get_small_and_few_messages():
    large = b"".join(Writer().chunks(4, 0, 20, 0, bytes(65_537), 0))
    reader, _ = reading(trusted=False)
    with pytest.raises(ChunkError, match="a message of 65537 bytes"):
        reader.feed(large)

    reader, found = reading(trusted=False)
    with pytest.raises(ChunkError, match="256 messages without a stream key"):
        reader.feed(b"\x04" + bytes(11) + b"\xc4" * 1000)
    assert len(found) == 256

    reader, found = reading()
    reader.feed(large + b"\xc4" * 1)
    assert len(found) == 1


@pytest.mark.parametrize("stamp", [0, 0xFFFFFE, 0xFFFFFF, CIRCLE - 1])
@pytest.mark.parametrize("length", [0, 1, 127, 128, 129, 5000])
def test_what_is_written_is_read(stamp, length):
    reader, found = reading()

    reader.feed(write_message(9, bytes(length), chunk_stream=6, stamp=stamp, message_stream=1, chunk_size=128))

    assert found == [(9, stamp, 1, bytes(length))]
