"""What a group's pages are told between the pictures: state, health, and health once a second as events."""

from __future__ import annotations

import asyncio
import json

from glisson.streaming.app.answers import Answer, Denied, Header, Receive, Send, json_answer
from glisson.streaming.report import health_report, state_report
from glisson.streaming.rights import Pass
from glisson.streaming.studio import Studio

_STATE_SCOPES = frozenset({"watch", "preview", "replay"})


def state(studio: Studio, group: str, viewer_pass: Pass) -> Answer:
    """Return the state of every feed of a group, and this computer's clock: that of every picture in it."""
    if not viewer_pass.scopes & _STATE_SCOPES:
        raise Denied(403, "no_right")
    feeds = {feed.code: state_report(feed) for feed in studio.group_feeds(group)}
    return json_answer({"now": round(studio.now(), 3), "feeds": feeds})


def health(studio: Studio, group: str, viewer_pass: Pass) -> Answer:
    """Return FeedHealth of every feed of a group."""
    if "health" not in viewer_pass.scopes:
        raise Denied(403, "no_right")
    return json_answer({"feeds": {feed.code: health_report(feed) for feed in studio.group_feeds(group)}})


async def health_events(
    studio: Studio, group: str, viewer_pass: Pass, receive: Receive, send: Send, cors: tuple[Header, ...]
) -> None:
    """Send the health document once a second as server-sent events, as long as the pass counts."""
    first = health(studio, group, viewer_pass)
    headers = [
        (b"content-type", b"text/event-stream"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-content-type-options", b"nosniff"),
        *cors,
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _event(first.body), "more_body": True})
    leaving = asyncio.create_task(_gone(receive))
    try:
        while not leaving.done():
            await asyncio.wait((leaving,), timeout=1)
            viewer_pass = studio.newest_pass(viewer_pass)
            why = studio.why_not(viewer_pass)
            if studio.stopping:
                break
            if why is not None:
                ending = b"event: denied\ndata: " + json.dumps({"why": why}).encode() + b"\n\n"
                await send({"type": "http.response.body", "body": ending})
                return
            body = health(studio, group, viewer_pass).body
            await send({"type": "http.response.body", "body": _event(body), "more_body": True})
    finally:
        leaving.cancel()
    await send({"type": "http.response.body", "body": b""})


def _event(body: bytes) -> bytes:
    return b"data: " + body + b"\n\n"


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
