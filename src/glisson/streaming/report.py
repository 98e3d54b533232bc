"""What is told of a feed: to the pages of its viewers, and to the technician."""

from __future__ import annotations

from glisson.streaming.feed import Feed
from glisson.streaming.health import trouble_json
from glisson.streaming.reel import Reel


def state_report(feed: Feed) -> dict[str, object]:
    """Return one feed's part of ``/live/v/<group>/state``."""
    publication, began = feed.publication, feed.archive.began()
    rungs = [name for name, track in feed.reel.tracks.items() if track.ring.latest_init] if feed.reel else []
    return {
        "state": feed.state(),
        "gate": feed.gate,
        "on": publication is not None,
        "rungs": rungs,
        "since": publication.since if publication else None,
        "recorded_seconds": round(feed.recorded_seconds(), 3),
        "began": None if began is None else round(began, 3),
    }


def health_report(feed: Feed) -> dict[str, object]:
    """Return FeedHealth: everything the technician's page shows of one feed."""
    return {
        "feed": feed.code,
        "state": feed.state(),
        "gate": feed.gate,
        "on": feed.publication is not None,
        **_picture(feed),
        "last_gap": feed.health.last_gap.as_json() if feed.health.last_gap else None,
        "advice": [trouble_json(trouble) for trouble in feed.advice()],
        "refusals": list(feed.refusals),
        "recording": _recording(feed, feed.reel),
        "viewers": {"ws": feed.websockets, "hls": feed.hls_viewers()},
        "rungs": dict(feed.reel.rungs.status) if feed.reel else {},
    }


def _picture(feed: Feed) -> dict[str, object]:
    publication, health = feed.publication, feed.health
    video = health.video if publication else None
    sound = health.audio if publication else None
    return {
        "since": publication.since if publication else None,
        "way": publication.way if publication else None,
        "peer": publication.peer if publication else None,
        "width": video.width if video else None,
        "height": video.height if video else None,
        "fps": health.fps if publication else None,
        "bitrate": health.bitrate if publication else None,
        "keyframe_interval": health.keyframe_interval if publication else None,
        "b_frames": health.b_frames if publication else None,
        "audio": {"rate": sound.rate, "channels": sound.channels, "level_db": health.level_db} if sound else None,
    }


def _recording(feed: Feed, reel: Reel | None) -> dict[str, object]:
    alarm = reel.alarm if reel else None
    return {
        "on": bool(reel and reel.recorders),
        "bytes": sum(recorder.bytes_written for recorder in reel.recorders.values()) if reel else 0,
        "seconds": round(feed.recorded_seconds(), 3),
        "alarm": trouble_json(alarm) if alarm else None,
    }
