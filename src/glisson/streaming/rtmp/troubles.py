"""Every sentence this door says to a technician. Codes are stable; the text says what to change."""

from __future__ import annotations

from glisson.streaming.packets import Trouble


def garbage(what: str) -> Trouble:
    """The bytes break the protocol."""
    text = f"The connection was closed because what arrived is not proper RTMP: {what}."
    return Trouble("garbage", text, {"what": what})


def too_many_connections(address: str | None, most: int) -> Trouble:
    """An address, or all together, hold too many connections."""
    who = "This address holds" if address else "This server holds"
    text = f"{who} {most} connections already, and more are not taken. Stop encoders that are not needed."
    return Trouble("too_many_connections", text, {"most": most, "address": address or ""})


def slow_handshake(seconds: float) -> Trouble:
    """The handshake was not finished in time."""
    text = f"The encoder connected but did not finish the RTMP handshake within {seconds:g} s. Check the line to it."
    return Trouble("slow_handshake", text, {"seconds": seconds})


def slow_publish(seconds: float) -> Trouble:
    """No stream key came in time."""
    text = f"The encoder connected but sent no stream key within {seconds:g} s. Fill in the stream key and start again."
    return Trouble("slow_publish", text, {"seconds": seconds})


def idle(seconds: float) -> Trouble:
    """The encoder fell silent."""
    text = f"Nothing came from the encoder for {seconds:g} s: it counts as gone. Check its network cable and start it."
    return Trouble("idle", text, {"seconds": seconds})


def no_keyframe(seconds: float) -> Trouble:
    """No key frame came in time."""
    text = f"No key frame came within {seconds:g} s, so no picture could start. Set the keyframe interval to 1 s."
    return Trouble("no_keyframe", text, {"seconds": seconds})


def no_media(seconds: float) -> Trouble:
    """Neither pictures nor sound came in time."""
    text = f"The encoder sent neither pictures nor sound within {seconds:g} s. Check that its input is connected."
    return Trouble("no_media", text, {"seconds": seconds})


def wrong_app(app: str) -> Trouble:
    """The server address names another application."""
    text = (
        f"The server address names “{app}” or has more behind it; it must end in “/live”, with the stream key in its "
        "own field (or behind “/live/” where the encoder has only one field)."
    )
    return Trouble("wrong_app", text, {"app": app})


def no_key() -> Trouble:
    """The stream key is missing."""
    text = "The stream key is empty. Copy it from the technician's page into the encoder."
    return Trouble("wrong_key", text, {})


def not_a_viewer_port() -> Trouble:
    """Somebody asked to play."""
    text = "This port takes pictures in and gives none out. Watch on the meeting's page instead."
    return Trouble("not_a_viewer_port", text, {})


def video_codec(codec: str) -> Trouble:
    """Pictures in another codec."""
    text = f"The pictures are {codec}, which browsers cannot all show. Set the encoder's video codec to H.264 (AVC)."
    return Trouble("video_codec", text, {"codec": codec})


def bad_video_config(what: str) -> Trouble:
    """The H.264 configuration cannot be used."""
    text = f"The encoder's H.264 configuration cannot be used: {what}. Restart it, or set profile High or Main."
    return Trouble("video_config", text, {"what": what})


def audio_codec(codec: str) -> Trouble:
    """Sound in another codec."""
    text = f"The sound is {codec} and is left out; the pictures go on. Set the encoder's audio codec to AAC (AAC-LC)."
    return Trouble("audio_codec", text, {"codec": codec})


def several_tracks() -> Trouble:
    """More tracks than one."""
    text = "The encoder sends several tracks in one stream; only the first is used. Send each angle with its own key."
    return Trouble("several_tracks", text, {})


def broken_picture() -> Trouble:
    """A picture whose parts do not add up."""
    text = "The encoder sent a damaged picture, which was left out. If this goes on, restart the encoder."
    return Trouble("broken_picture", text, {})


def restarting() -> Trouble:
    """Our side stops."""
    text = "The server is restarting. The encoder may connect again in a few seconds."
    return Trouble("restarting", text, {})


def fault() -> Trouble:
    """An error of ours."""
    text = "The connection was closed because of an error in the server, which its log describes. Connect again."
    return Trouble("fault", text, {})


def unread_answers() -> Trouble:
    """The encoder does not read what we say."""
    return garbage("the encoder does not read the server's answers")
