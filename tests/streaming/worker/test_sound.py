import numpy as np
import pytest

from glisson.streaming.aac import audio_config
from glisson.streaming.packets import TICKS
from glisson.streaming.worker.messages import Kind
from glisson.streaming.worker.sound import FRAME, Sound
from tests.streaming.worker.clips import clip, content, decoded


def run(sound, packets):
    return [answer for packet in packets for answer in sound.take(packet.pts, packet.data)]


def split(answers):
    configs = [answer.data for answer in answers if answer.kind == Kind.AUDIO_CONFIG]
    return configs, [answer for answer in answers if answer.kind == Kind.AUDIO]


@pytest.mark.parametrize(("rate", "expected"), [(48000, 48000), (44100, 44100), (22050, 48000)])
def test_sound_becomes_mono_aac_of_40_kbits(rate, expected):
    source = content(clip(f"sound-{rate}.mp4", sound_rate=rate, seconds=6))
    configs, frames = split(run(Sound("aac", source.asc, bit_rate=40_000, mono=True), source.sounds))
    config = audio_config(configs[0])
    assert len(configs) == 1
    assert (config.rate, config.channels, config.codec) == (expected, 1, "mp4a.40.2")
    steps = np.diff([frame.pts for frame in frames])
    assert np.allclose(steps, FRAME * TICKS / expected, atol=2)
    assert abs(sum(len(frame.data) for frame in frames) * 8 / 6 - 40_000) < 6_000
    tone = np.concatenate(
        [frame.to_ndarray()[0] for frame in decoded("aac", configs[0], [(0, f.data) for f in frames])]
    )
    strongest = np.argmax(np.abs(np.fft.rfft(tone))) * expected / len(tone)
    assert strongest == pytest.approx(440, abs=2)


def test_stamps_follow_the_source():
    source = content(clip("sound-48000.mp4", sound_rate=48000, seconds=6))
    moved = [type(p)(False, p.dts, p.pts + 123_456_789, True, p.data) for p in source.sounds]
    _, frames = split(run(Sound("aac", source.asc, bit_rate=40_000, mono=True), moved))
    # The first frame decodes to the encoder's run-in and is stamped one frame before the sound.
    assert frames[0].pts == pytest.approx(moved[0].pts - FRAME * TICKS / 48000, abs=90)


def test_a_jump_of_the_stamps_is_followed_at_once():
    source = content(clip("sound-48000.mp4", sound_rate=48000, seconds=6))
    sound = Sound("aac", source.asc, bit_rate=40_000, mono=True)
    half = len(source.sounds) // 2
    run(sound, source.sounds[:half])
    moved = [type(p)(False, p.dts, p.pts + 60 * TICKS, True, p.data) for p in source.sounds[half:]]
    _, frames = split(run(sound, moved))
    assert frames[-1].pts == pytest.approx(moved[-1].pts, abs=3 * FRAME * TICKS / 48000)
    jump = max(np.diff([frame.pts for frame in frames]))
    assert jump == pytest.approx(60 * TICKS, abs=2 * FRAME * TICKS / 48000)


def test_jitter_of_whole_milliseconds_does_not_tear_the_sound():
    source = content(clip("sound-44100.mp4", sound_rate=44100, seconds=6))
    jittered = [type(p)(False, p.dts, p.pts // 90 * 90, True, p.data) for p in source.sounds]
    _, frames = split(run(Sound("aac", source.asc, bit_rate=40_000, mono=True), jittered))
    assert np.ptp(np.diff([frame.pts for frame in frames])) <= 6


@pytest.mark.parametrize(("volume", "rms"), [(8.0, -6.0), (0.8, -26.0), (0.0, -100.0)])
def test_the_level_is_measured_once_a_second(volume, rms):
    source = content(clip(f"level-{volume}.mp4", volume=volume, seconds=4, size="64x64"))
    sound = Sound("aac", source.asc, bit_rate=40_000, mono=True)
    run(sound, source.sounds)
    assert 3 <= len(sound.levels) <= 4
    assert sound.levels[1]["rms"] == pytest.approx(rms, abs=1.0)  # an eighth of full scale, spread over two channels
    if rms > -100:
        assert sound.levels[1]["peak"] == pytest.approx(rms + 3, abs=1.0)


def test_empty_and_broken_frames_do_not_stop_the_sound():
    source = content(clip("sound-48000.mp4", sound_rate=48000, seconds=6))
    sound = Sound("aac", source.asc, bit_rate=40_000, mono=True)
    packets = list(source.sounds)
    for index in (20, 21, 40):
        packets[index] = type(packets[index])(False, 0, packets[index].pts, True, b"" if index == 20 else b"\xff" * 9)
    _, frames = split(run(sound, packets))
    assert len(frames) > len(packets) - 8
