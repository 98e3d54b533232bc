import shlex

import pytest

from glisson.theatre.domain import encoders, stream_keys
from glisson.theatre.models import Feed

ADDRESS = encoders.Address("rtmp://live.example.org/live", "feedcode-secret")


def values(settings):
    return [setting.value for setting in settings]


def test_every_way_carries_server_and_key():
    for settings in (encoders.obs_settings(ADDRESS), encoders.hardware_settings(ADDRESS)):
        assert ADDRESS.server in values(settings)
        assert ADDRESS.key in values(settings)


@pytest.mark.parametrize("command", [encoders.ffmpeg_command, encoders.test_pattern_command])
def test_a_command_survives_the_shell_and_ends_in_the_whole_address(command):
    words = shlex.split(command(ADDRESS))
    assert words[0] == "ffmpeg"
    assert words[-3:] == ["-f", "flv", "rtmp://live.example.org/live/feedcode-secret"]
    # What the pages ask of every encoder: H.264 without B-frames, AAC.
    assert ("libx264" in words, words[words.index("-bf") + 1], "aac" in words) == (True, "0", True)


def test_an_srt_address_holds_its_passphrase_when_there_is_one():
    assert encoders.srt_address("host", 9001, "") == "srt://host:9001?mode=caller&latency=120000"
    assert encoders.srt_address("host", 9001, "ten-letters").endswith("&passphrase=ten-letters")


def test_a_sealed_key_is_of_this_installation_alone(feed, monkeypatch):
    sealed = Feed.objects.get().sealed_key
    assert stream_keys.unseal(sealed).startswith(feed.code)
    monkeypatch.setattr(stream_keys, "config", lambda: type("Other", (), {"signing_key": "another installation"}))
    with pytest.raises(stream_keys.InvalidToken):
        stream_keys.unseal(sealed)
