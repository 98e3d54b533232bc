"""The low rung's ring, filled with what the worker gives back."""

from __future__ import annotations

from collections import deque

from glisson.streaming.aac import audio_config
from glisson.streaming.following import FollowingPackager
from glisson.streaming.h264 import video_config
from glisson.streaming.packets import Packet
from glisson.streaming.ring import Ring
from glisson.streaming.worker.messages import Kind, Message

EARLY = 200
"""Frames of sound kept for the first picture (some four seconds)."""


class LowRing:
    """Hands a worker's messages to the packager that follows the original.

    Sound is held back until there are pictures: a rung that began with sound would be one of sound alone.
    """

    def __init__(self, ring: Ring, leader: Ring) -> None:
        self._packager = FollowingPackager(ring, leader)
        self._has_pictures = False
        self._sound: Message | None = None
        self._early: deque[Message] = deque(maxlen=EARLY)

    def take(self, message: Message) -> None:
        """Take a configuration or a frame; everything else is left alone."""
        if message.kind == Kind.VIDEO:
            self._packager.take(Packet(True, message.dts, message.pts, message.key, message.data))
        elif message.kind == Kind.VIDEO_CONFIG:
            self._packager.configure_video(video_config(message.data))
            self._has_pictures = True
            self._release()
        elif message.kind == Kind.AUDIO_CONFIG:
            self._sound = message
            if self._has_pictures:
                self._release()
        elif message.kind == Kind.AUDIO:
            self._early.append(message)
            if self._has_pictures:
                self._release()

    def break_timeline(self, reason: str) -> None:
        """The worker is gone: gaps until pictures come again."""
        self._early.clear()
        self._packager.break_timeline(reason)

    def close(self) -> None:
        """End the ring; it stays readable."""
        self._packager.close()

    def _release(self) -> None:
        if self._sound is not None:
            self._packager.configure_audio(audio_config(self._sound.data))
            self._sound = None
        while self._early:
            early = self._early.popleft()
            self._packager.take(Packet(False, early.dts, early.pts, True, early.data))
