import pytest
from hypothesis import given
from hypothesis import strategies as st

from glisson.streaming.worker.messages import HEAD, LARGEST, Garbled, Inbox, Kind, Message, report

stamps = st.integers(-(2**63), 2**63 - 1)
messages = st.builds(Message, st.sampled_from(Kind), st.binary(max_size=300), stamps, stamps, st.booleans())


@given(st.lists(messages, max_size=8), st.integers(1, 50))
def test_messages_arrive_whole_however_the_bytes_are_cut(sent, piece):
    stream = b"".join(message.packed() for message in sent)
    inbox = Inbox()
    got = [message for at in range(0, len(stream), piece) for message in inbox.feed(stream[at : at + piece])]
    assert got == sent


@given(st.binary(min_size=HEAD.size, max_size=200))
def test_garbage_is_refused_or_waited_for_but_never_kept_growing(data):
    inbox = Inbox()
    try:
        for message in inbox.feed(data):
            assert len(message.data) < len(data)
    except Garbled:
        return
    assert HEAD.unpack_from(data)[0] <= LARGEST


@pytest.mark.parametrize("head", [(LARGEST + 1, 1, 0, 0, 0), (0, 99, 0, 0, 0), (0, 1, 2, 0, 0)])
def test_an_impossible_head_is_refused(head):
    with pytest.raises(Garbled):
        list(Inbox().feed(HEAD.pack(*head)))


def test_a_report_is_an_object():
    assert report(cpu=1.5, level=None).report == {"cpu": 1.5, "level": None}
    for data in (b"[1]", b"{", b"\xff"):
        with pytest.raises(Garbled):
            _ = Message(Kind.REPORT, data).report
