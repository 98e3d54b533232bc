"""What the web tells the live process, and what it asks of it: the roster and the recordings."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import shutil

from glisson.streaming import manifest
from glisson.streaming.app.answers import Answer, Denied, Receive, Request, json_answer, read_body
from glisson.streaming.feed import Feed
from glisson.streaming.reel import RUNGS
from glisson.streaming.roster import CODE, Roster, RosterInvalid
from glisson.streaming.studio import RosterConflict, Studio

MAX_ROSTER = 4 * 1024 * 1024


async def control(studio: Studio, request: Request, receive: Receive) -> Answer:
    """Answer a request below ``/live/control/``; all of them need the control secret."""
    given = request.authorization
    expected = b"Bearer " + studio.settings.control_secret
    if not hmac.compare_digest(given, expected):
        raise Denied(401, "no_control")
    what = request.path[3:]
    if what == ["roster"]:
        if request.method == "GET":
            return json_answer({"version": studio.roster.version})
        if request.method == "PUT":
            return await _put_roster(studio, await read_body(receive, limit=MAX_ROSTER))
        raise Denied(405, "method")
    if len(what) == 2 and what[0] == "recordings" and CODE.fullmatch(what[1]):
        return await _recordings(studio, request.method, what[1])
    raise Denied(404, "not_found")


async def _put_roster(studio: Studio, body: bytes) -> Answer:
    try:
        roster = Roster.from_json(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise Denied(400, "not_json", str(error)) from error
    except RosterInvalid as error:
        raise Denied(400, "invalid", str(error)) from error
    try:
        version = await studio.apply(roster)
    except RosterConflict as error:
        return json_answer({"why": "conflict", "text": str(error), "version": studio.roster.version}, 409)
    return json_answer({"version": version})


async def _recordings(studio: Studio, method: str, code: str) -> Answer:
    feed = studio.feeds.get(code) or studio.absent(code)
    if method == "GET":
        summary = await asyncio.to_thread(_summary, feed)
        if summary is None:
            raise Denied(404, "not_recorded")
        return json_answer(summary)
    if method == "DELETE":
        if feed.gate != "closed" or not feed.settled:
            raise Denied(409, "open", "Close the feed before its recording is deleted.")
        existed = await asyncio.to_thread(_delete, feed)
        feed.archive.forget()
        return json_answer({"deleted": existed})
    raise Denied(405, "method")


def _summary(feed: Feed) -> dict[str, object] | None:
    """Return what the web keeps of a recording; ``finished`` once nothing more is written to it."""
    rungs: dict[str, object] = {}
    for name in RUNGS:
        recording = feed.archive.recording(name)
        if recording.state() is None:
            continue
        inits = recording.inits.values()
        rungs[name] = {
            "seconds": round(recording.duration, 3),
            "bytes": recording.size,
            "clock": recording.segments[0].clock,
            "streams": [{"codecs": init.codecs, "width": init.width, "height": init.height} for init in inits],
            "gaps": [{"at": gap.clock, "seconds": gap.seconds, "reason": gap.reason} for gap in recording.gaps],
            "manifest_sha256": hashlib.sha256((recording.folder / manifest.NAME).read_bytes()).hexdigest(),
        }
    if not rungs:
        return None
    return {"feed": feed.code, "finished": feed.gate == "closed" and feed.settled, "rungs": rungs}


def _delete(feed: Feed) -> bool:
    """The folder gets another name first: whatever happens then, nothing can be played any more."""
    if not feed.archive.folder.exists():
        return False
    doomed = feed.archive.folder.with_name(f".deleted-{feed.code}")
    shutil.rmtree(doomed, ignore_errors=True)
    feed.archive.folder.rename(doomed)
    shutil.rmtree(doomed)
    return True
