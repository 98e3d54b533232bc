"""What a technician types into an encoder, exactly."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Setting:
    """One line of an encoder's settings: the name on its screen and the value to choose."""

    name: str
    value: str


@dataclass(frozen=True)
class Address:
    """Where an encoder sends its picture: two fields in most encoders, one in some."""

    server: str
    key: str

    @property
    def whole(self) -> str:
        """Server and key as one address."""
        return f"{self.server}/{self.key}"


def obs_settings(address: Address) -> list[Setting]:
    """OBS Studio, Settings > Stream, Output (advanced) and Video, in its English wording."""
    return [
        Setting("Stream > Service", "Custom…"),
        Setting("Stream > Server", address.server),
        Setting("Stream > Stream Key", address.key),
        Setting("Output > Video Encoder", "x264 (H.264)"),
        Setting("Output > Rate Control", "CBR"),
        Setting("Output > Bitrate", "6000 Kbps"),
        Setting("Output > Keyframe Interval", "1 s"),
        Setting("Output > CPU Usage Preset", "veryfast"),
        Setting("Output > Profile", "high"),
        Setting("Output > Tune", "zerolatency"),
        Setting("Output > x264 Options", "bframes=0"),
        Setting("Output > Audio Encoder, Bitrate", "AAC, 160"),
        Setting("Audio > Sample Rate", "48 kHz"),
        Setting("Video > Output Resolution", "1920x1080"),
        Setting("Video > FPS", "25 or 30, as the laparoscope gives"),
    ]


def hardware_settings(address: Address) -> list[Setting]:
    """A hardware encoder; the words differ from maker to maker, the values do not."""
    return [
        Setting(_("Protocol"), "RTMP"),
        Setting(_("Server or URL"), address.server),
        Setting(_("Stream key, stream name or playback path"), address.key),
        Setting(_("Video codec"), "H.264, High, 8 bit, 4:2:0"),
        Setting(_("Rate control and bit rate"), "CBR, 6 Mbit/s"),
        Setting(_("Keyframe interval (GOP, I-frame interval)"), _("1 s (25 frames at 25 frames/s)")),
        Setting(_("B-frames"), "0"),
        Setting(_("Audio"), "AAC-LC, 48 kHz, 160 kbit/s"),
    ]


def ffmpeg_command(address: Address) -> str:
    """A test from any computer: plays a file in a loop, in real time."""
    return (
        "ffmpeg -re -stream_loop -1 -i VIDEO.mp4 "
        "-c:v libx264 -preset veryfast -tune zerolatency -bf 0 -force_key_frames 'expr:gte(t,n_forced*1)' "
        "-pix_fmt yuv420p -b:v 4M -maxrate 4M -bufsize 4M -c:a aac -ar 48000 -b:a 160k "
        f"-f flv '{address.whole}'"
    )


def test_pattern_command(address: Address) -> str:
    """A picture with a running clock and a tone, so that both ends can see and hear that it lives."""
    return (
        "ffmpeg -re -f lavfi -i testsrc2=size=1280x720:rate=25 -f lavfi -i sine=frequency=440:sample_rate=48000 "
        "-c:v libx264 -preset veryfast -tune zerolatency -bf 0 -g 25 -pix_fmt yuv420p -b:v 3M "
        f"-c:a aac -b:a 128k -f flv '{address.whole}'"
    )


def srt_address(host: str, port: int, passphrase: str) -> str:
    """The address an SRT encoder calls."""
    words = f"srt://{host}:{port}?mode=caller&latency=120000"
    return f"{words}&passphrase={passphrase}" if passphrase else words
