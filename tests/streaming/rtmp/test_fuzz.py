"""The fuzzer itself: a few thousand sessions here, a million in `bench/fuzz_rtmp.py`."""

import importlib.util
from pathlib import Path

import pytest

from glisson.streaming.packets import Trouble
from glisson.streaming.rtmp.publication import Publication, PublicationRefused
from glisson.streaming.rtmp.session import Session

BENCH = Path(__file__).parents[3] / "bench" / "fuzz_rtmp.py"


@pytest.fixture(scope="module")
def fuzzer():
    spec = importlib.util.spec_from_file_location("fuzz_rtmp", BENCH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_mutated_sessions_do_no_harm(fuzzer):
    result = fuzzer.fuzz(3000, seed=7)

    assert result["first_crashes"] == []
    assert result["wrong_key_media"] == 0
    assert result["passed"]
    assert result["reached"]["with_media"] > 500
    assert result["reached"]["refused_wrong_key"] > 100


def test_a_door_that_lets_everybody_in_would_be_noticed(fuzzer, monkeypatch):
    def admit(door, key, *, way, peer):
        door.sinks.append(fuzzer.Sink())
        return door.sinks[-1]

    monkeypatch.setattr(fuzzer.Door, "admit", admit)

    result = fuzzer.fuzz(300)

    assert result["wrong_key_media"] > 0
    assert not result["passed"]


@pytest.mark.parametrize(
    ("broken", "name", "does"),
    [
        (Publication, "video", lambda self, stamp, body: body[10_000]),
        (Publication, "audio", lambda self, stamp, body: self.sink.end("early")),
        (Session, "_finish", lambda self, reason: None),
    ],
)
def test_a_broken_session_would_be_noticed(fuzzer, monkeypatch, broken, name, does):
    monkeypatch.setattr(broken, name, does)

    assert not fuzzer.fuzz(300)["passed"]


def test_a_refusal_is_no_crash(fuzzer, monkeypatch):
    def refuse(self, stamp, body):
        raise PublicationRefused(Trouble("video_codec", "No."))

    monkeypatch.setattr(Publication, "video", refuse)

    assert fuzzer.fuzz(300)["passed"]
