"""What the technician is told: measured figures, and sentences that say what to change."""

import pytest

from glisson.streaming.health import Health
from glisson.streaming.packets import AudioConfig, Packet, Trouble, VideoConfig

HD = VideoConfig(b"", 1280, 720, "avc1.640028")
STEREO = AudioConfig(b"", 48_000, 2, "mp4a.40.2")


class Encoder:
    """Sends what it is told to a Health, on a clock of its own."""

    def __init__(self, *, fps=30, gop=1.0, b_frames=False, size=20_000, audio=True):
        self.now = 1_000.0
        self.health = Health(now=lambda: self.now)
        self.health.configure_video(HD)
        self.fps, self.gop, self.b_frames, self.size, self.audio = fps, round(gop * fps), b_frames, size, audio
        self.frame = 0

    def send(self, seconds):
        for _ in range(round(seconds * self.fps)):
            # Whole milliseconds, as RTMP carries them.
            dts = round(self.frame * 1000 / self.fps) * 90
            offset = (self.frame % 3) * 3000 if self.b_frames else 0
            self.health.take(Packet(True, dts, dts + offset, self.frame % self.gop == 0, bytes(self.size)))
            if self.audio:
                self.health.take(Packet(False, dts, dts, True, b"aac"))
            self.frame += 1
            self.now += 1 / self.fps

    def advice(self):
        return {trouble.code: trouble for trouble in self.health.advice(publishing=True)}


@pytest.mark.parametrize("fps", [25, 29.97, 30, 50, 60])
def test_a_good_encoder_is_measured_and_left_alone(fps):
    encoder = Encoder(fps=fps, size=round(6_000_000 / 8 / fps))
    encoder.send(8)
    assert encoder.health.fps == pytest.approx(fps, rel=0.01)
    assert encoder.health.bitrate == pytest.approx(6_000_000, rel=0.02)
    assert encoder.health.keyframe_interval == pytest.approx(1, abs=0.05)
    assert encoder.health.b_frames is False
    assert encoder.advice() == {}


@pytest.mark.parametrize(("gop", "severity"), [(1.5, "hint"), (2, "hint"), (4, "warning")])
def test_a_long_keyframe_interval_is_named_in_seconds(gop, severity):
    encoder = Encoder(gop=gop)
    encoder.send(9)
    trouble = encoder.advice()["keyframe_interval"]
    assert trouble.text.startswith(f"Set the keyframe interval to 1 s: it is {gop:.1f} s now")
    assert trouble.values == {"seconds": gop, "severity": severity}


def test_one_keyframe_and_no_other_is_noticed_while_it_lasts():
    encoder = Encoder(gop=60)
    encoder.send(10)
    assert encoder.health.keyframe_interval == pytest.approx(10, abs=0.1)
    assert "keyframe_interval" in encoder.advice()


def test_no_keyframe_at_all():
    encoder = Encoder()
    encoder.gop, encoder.frame = 10**9, 1
    encoder.send(5)
    assert encoder.advice()["no_keyframe"].values == {"seconds": 5}


def test_b_frames_are_named_with_their_delay():
    encoder = Encoder(b_frames=True)
    encoder.send(3)
    assert encoder.advice()["b_frames"].values == {"milliseconds": 67}


def test_missing_and_silent_sound():
    mute = Encoder(audio=False)
    mute.send(6)
    assert "no_audio" in mute.advice()
    silent = Encoder()
    silent.health.configure_audio(STEREO)
    silent.send(2)
    silent.health.hear(-91.0)
    silent.send(12)
    silent.health.hear(-91.0)
    assert silent.advice()["silent_audio"].values == {"seconds": 12}
    silent.health.hear(-20.0)
    assert "silent_audio" not in silent.advice()


@pytest.mark.parametrize(("size", "code"), [(500, "low_bitrate"), (100_000, "high_bitrate")])
def test_a_bit_rate_that_does_not_fit(size, code):
    encoder = Encoder(size=size)
    encoder.send(4)
    assert set(encoder.advice()) == {code}


def test_a_gap_is_kept_with_its_length_and_a_change_of_size_is_said():
    encoder = Encoder()
    encoder.send(3)
    encoder.now += 3
    encoder.send(1)
    assert encoder.health.last_gap.seconds == pytest.approx(3, abs=0.05)
    assert encoder.health.last_gap.reason == "network"
    encoder.now += 60
    encoder.health.begin()
    encoder.health.configure_video(HD)
    encoder.send(1)
    assert encoder.health.last_gap.seconds == pytest.approx(60, abs=0.1)
    assert encoder.health.last_gap.reason == "encoder_gone"
    encoder.health.configure_video(VideoConfig(b"", 1920, 1080, "avc1.640028"))
    assert encoder.advice()["resolution_changed"].values == {"before": "1280x720", "after": "1920x1080"}


def test_a_note_goes_away_after_a_minute():
    encoder = Encoder()
    encoder.health.note(Trouble("timestamps_jumped", "They jumped.", {}))
    encoder.send(2)
    assert "timestamps_jumped" in encoder.advice()
    encoder.send(61)
    assert encoder.advice() == {}


def test_before_the_first_packet_nothing_is_claimed():
    health = Health()
    assert (health.fps, health.bitrate, health.keyframe_interval, health.b_frames) == (None, None, None, None)
    assert health.advice(publishing=True) == []
    assert health.silent_for() == float("inf")
