"""One small table of URLs, and what happens around every one of them: rights, origins, errors."""

from __future__ import annotations

import logging
from urllib.parse import unquote

from glisson.streaming.app import hls, pulse, replay
from glisson.streaming.app.access import File, check_file, feed_of, pass_of, read_file
from glisson.streaming.app.answers import Answer, Denied, Header, Receive, Request, Scope, Send, give, json_answer
from glisson.streaming.app.control import control
from glisson.streaming.app.desk import Desk
from glisson.streaming.app.frames import Frames
from glisson.streaming.app.origins import Origins
from glisson.streaming.app.protocols import WRITE_NOW
from glisson.streaming.app.publish import publish
from glisson.streaming.app.seats import check_room, seat
from glisson.streaming.app.ws import Viewer, watch
from glisson.streaming.feed import Feed
from glisson.streaming.reel import ORIGINAL, RUNGS
from glisson.streaming.rights import Pass
from glisson.streaming.studio import Studio

log = logging.getLogger("glisson.live")


class LiveApp:
    """The ASGI application of the live process.

    Parameters
    ----------
    studio : Studio
        All feeds.
    """

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._frames = Frames()
        self._shelf = replay.Shelf()
        self._origins = Origins(studio.settings.allowed_origins)
        self.desk = Desk(studio, self._origins)
        """The short way, which `BoundedHttp` takes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or one WebSocket."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)

    # -- HTTP ---------------------------------------------------------------------------------------------------

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        cors = self._origins.headers(request.origin)
        try:
            answer = await self._answer(request, receive, send, cors)
        except Denied as denied:
            answer = denied.answer()
        except Exception:
            log.exception("A request failed: %s", scope["path"])
            answer = Denied(500, "failed").answer()
        if answer is not None:
            await give(send, answer, cors, head=request.method == "HEAD")

    async def _answer(self, request: Request, receive: Receive, send: Send, cors: tuple[Header, ...]) -> Answer | None:
        path = request.path
        if len(path) < 3 or path[1] != "live":
            raise Denied(404, "not_found")
        if path[2] == "control":
            return await control(self._studio, request, receive)
        if request.method == "OPTIONS":
            return self._preflight(cors)
        if request.method not in ("GET", "HEAD"):
            raise Denied(405, "method")
        if path[2] == "v" and len(path) > 4:
            return await self._view(request, receive, send, cors)
        if path[2:] == ["auth"]:
            return self._auth(request)
        if path[2:] == ["healthz"]:
            return json_answer({"ok": True, "version": self._studio.roster.version})
        raise Denied(404, "not_found")

    async def _view(self, request: Request, receive: Receive, send: Send, cors: tuple[Header, ...]) -> Answer | None:
        studio, group, rest = self._studio, request.path[3], request.path[4:]
        viewer_pass = pass_of(studio, request, group)
        if rest == ["state"]:
            return pulse.state(studio, group, viewer_pass)
        if rest == ["health"]:
            return pulse.health(studio, group, viewer_pass)
        if rest == ["health", "events"]:
            await self._stream(pulse.health_events(studio, group, viewer_pass, receive, send, cors))
            return None
        feed = feed_of(studio, group, rest[0])
        file = read_file(rest[1:])
        if file is None:
            raise Denied(404, "not_found")
        check_file(feed, file, viewer_pass.scopes)
        if file.kind == "download":
            await self._stream(replay.download(studio, feed, request, viewer_pass, send, cors))
            return None
        return await self._file(feed, file, request, viewer_pass)

    async def _file(self, feed: Feed, file: File, request: Request, viewer_pass: Pass) -> Answer:
        kind = file.kind
        if kind in ("live", "part"):
            return await hls.fulfil(hls.wish(self._studio, feed, file, request.query, viewer_pass))
        if kind in ("segment", "init"):
            ours = feed.shows_ending(viewer_pass.scopes)
            answer = (hls.segment if kind == "segment" else hls.init)(feed, file) if ours else None
            return answer or await replay.recorded_file(feed, file, request)
        if kind == "index":
            return hls.index(feed)
        if kind == "poster":
            return hls.poster(feed)
        if kind in ("rewind", "replay"):
            return await self._shelf.playlist(feed, file, skip=b"_HLS_skip=" in request.query)
        if kind == "replays":
            return await replay.replays(feed)
        raise Denied(426, "websocket_only")

    async def _stream(self, streaming: object) -> None:
        """Run an answer that sends itself; once it has begun, an end of rights can only cut it short."""
        try:
            await streaming  # type: ignore[misc]
        except Denied:
            raise
        except OSError:
            log.info("A viewer left in the middle of an answer")

    def _auth(self, request: Request) -> Answer:
        """Say to a cache in front whether this viewer may have this URL now: 204, 401 or 403."""
        original = request.header(b"x-original-uri").partition("?")[0]
        path = unquote(original).split("/")
        try:
            if len(path) < 6 or path[1:3] != ["live", "v"]:
                raise Denied(403, "not_found")
            viewer_pass = pass_of(self._studio, request, path[3])
            feed = feed_of(self._studio, path[3], path[4])
            file = read_file(path[5:])
            if file is None:
                raise Denied(403, "not_found")
            check_file(feed, file, viewer_pass.scopes)
        except Denied as denied:
            # Caches know 401 and 403 only (nginx answers 500 to anything else); the true status goes beside it.
            answer = denied.answer()
            answer.status = 401 if denied.status == 401 else 403
            answer.extra = (*answer.extra, (b"x-status", b"%d" % denied.status))
            return answer
        if file.kind == "live":
            feed.saw_playlist_of(viewer_pass.viewer)
        return Answer(204)

    # -- origins ------------------------------------------------------------------------------------------------

    def _preflight(self, cors: tuple[Header, ...]) -> Answer:
        if len(cors) == 1:
            raise Denied(403, "origin")
        extra = (
            (b"access-control-allow-methods", b"GET, HEAD"),
            (b"access-control-allow-headers", b"Range, Authorization"),
            (b"access-control-max-age", b"600"),
        )
        return Answer(204, extra=extra)

    # -- WebSocket ----------------------------------------------------------------------------------------------

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        address = self._address(request)
        await receive()
        try:
            # A page of another origin would come with the viewer's cookie, too; a program that is no browser has none.
            if request.origin and request.origin not in self._origins:
                raise Denied(403, "origin")
            feed, file, viewer_pass = self._seek(request)
            rung = _rung(request)
            if file.kind == "ws":
                check_room(self._studio, feed, address)
        except Denied as denied:
            await _refuse(send, denied.answer())
            return
        await send({"type": "websocket.accept"})
        if file.kind == "publish":
            await publish(self._studio, feed, viewer_pass, address, receive, send)
            return
        write_now = scope["extensions"][WRITE_NOW]
        with seat(self._studio, feed, address):
            viewer = Viewer(self._studio, feed, viewer_pass, rung, send, self._frames, write_now)
            await watch(viewer, receive, send)

    def _seek(self, request: Request) -> tuple[Feed, File, Pass]:
        path = request.path
        if len(path) != 6 or path[1:3] != ["live", "v"]:
            raise Denied(404, "not_found")
        viewer_pass = pass_of(self._studio, request, path[3])
        feed = feed_of(self._studio, path[3], path[4])
        file = read_file(path[5:])
        if file is None or file.kind not in ("ws", "publish"):
            raise Denied(404, "not_found")
        check_file(feed, file, viewer_pass.scopes)
        return feed, file, viewer_pass

    def _address(self, request: Request) -> str:
        """The viewer's address; behind a proxy we trust, what the proxy saw."""
        if request.address in self._studio.settings.trusted_proxies:
            forwarded = request.header(b"x-forwarded-for").rpartition(",")[2].strip()
            return forwarded or request.address
        return request.address


def _rung(request: Request) -> str:
    wanted = request.query.decode("latin-1").partition("rung=")[2].partition("&")[0] or ORIGINAL
    if wanted not in RUNGS:
        raise Denied(404, "no_such_rung")
    return wanted


async def _refuse(send: Send, answer: Answer) -> None:
    headers = [(b"content-type", answer.content_type), (b"cache-control", b"no-store"), *answer.extra]
    await send({"type": "websocket.http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": answer.body})
