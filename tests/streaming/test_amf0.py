import contextlib
import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glisson.streaming import amf0
from glisson.streaming.amf0 import UNDEFINED, AmfError, Date, EcmaArray

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
LEAVES = (
    st.floats(allow_nan=False)
    | st.booleans()
    | TEXT
    | st.none()
    | st.just(UNDEFINED)
    | st.builds(Date, st.floats(allow_nan=False), st.integers(-32768, 32767))
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(TEXT, inner, max_size=5)
        | st.dictionaries(TEXT, inner, max_size=5).map(EcmaArray)
    ),
    max_leaves=25,
)


@given(st.lists(VALUES, max_size=6))
def test_what_is_written_is_read(values):
    read = amf0.decode(amf0.encode(*values))

    assert read == values
    assert [type(value) for value in read] == [type(value) for value in values]


@given(st.binary(max_size=300))
def test_any_bytes_are_values_or_an_error(data):
    with contextlib.suppress(AmfError):
        amf0.decode(data)


@given(st.lists(VALUES, min_size=1, max_size=4), st.data())
def test_a_message_cut_short_is_an_error_or_fewer_values(values, data):
    whole = amf0.encode(*values)
    cut = data.draw(st.integers(0, len(whole) - 1))

    with contextlib.suppress(AmfError):
        assert len(amf0.decode(whole[:cut])) < len(values)


def test_the_list_of_codecs_in_an_enhanced_connect_is_read():
    body = amf0.encode("connect", 1.0, {"app": "live", "fourCcList": ["av01", "vp09", "hvc1"]})

    assert amf0.decode(body)[2] == {"app": "live", "fourCcList": ["av01", "vp09", "hvc1"]}


def test_the_count_of_an_ecma_array_is_only_a_hint():
    wrong = b"\x08" + struct.pack(">I", 77) + b"\x00\x05width\x00" + struct.pack(">d", 1920) + b"\x00\x00\x09"

    assert amf0.decode(wrong) == [{"width": 1920.0}]


def test_a_string_of_more_than_65535_bytes_is_a_long_string():
    text = "ü" * 40_000

    assert amf0.encode(text)[0] == 0x0C
    assert amf0.decode(amf0.encode(text)) == [text]


def test_a_typed_object_is_read_as_an_object():
    assert amf0.decode(b"\x10\x00\x01C\x00\x01a\x05\x00\x00\x09") == [{"a": None}]


def test_text_that_is_not_utf8_is_read_with_replacements():
    assert amf0.decode(b"\x02\x00\x02\xffa") == ["\ufffda"]


def test_not_a_number_is_a_number():
    (value,) = amf0.decode(amf0.encode(math.nan))

    assert math.isnan(value)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x07\x00\x00", "type 0x07"),
        (b"\x11\x0a", "type 0x11"),
        (b"\x04", "type 0x04"),
        (b"\x00\x01", "cut short"),
        (b"\x02\xff\xffshort", "cut short"),
        (b"\x0c\xff\xff\xff\xff", "cut short"),
        (b"\x0a\xff\xff\xff\xff", "an array of 4294967295 values"),
        (b"\x0a\x00\x00\x00\x01" * 40, "nested deeper"),
        (b"\x03\x00\x01a" * 40, "nested deeper"),
        (b"\x05" * 3000, "more than 2048 values"),
        (b"\x03" + b"\x00\x01a\x05" * 3000, "more than 2048 values"),
    ],
)
def test_what_is_refused(data, why):
    with pytest.raises(AmfError, match=why):
        amf0.decode(data)


def test_what_has_no_form_cannot_be_written():
    with pytest.raises(TypeError, match="no AMF0 form for object"):
        amf0.encode(object())
