"""Every URL of the live process against every kind of pass, in every state of a feed."""

import time

import pytest
import pytest_asyncio
import websockets

from glisson.streaming.rights import Pass, sign_pass
from tests.streaming.living import ORIGIN, SIGNING, Roster, bearer, encoder, feed, plane

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = int(time.time())


def signed(viewer="chen", group="g1", scopes=("watch",), epoch=3, expires=NOW + 3600):
    return sign_pass(SIGNING, Pass(viewer, group, frozenset(scopes), epoch, expires))


EVERYTHING = ("watch", "preview", "replay", "download", "health")
PASSES = {
    "watch": signed(),
    "preview": signed(scopes=("preview",)),
    "replay": signed(scopes=("replay",)),
    "download": signed(scopes=("download",)),
    "health": signed(scopes=("health",)),
    "publish": signed(scopes=("publish:air",)),
    "all": signed(scopes=EVERYTHING),
    "none": None,
    "forged": sign_pass(b"x" * 32, Pass("chen", "g1", frozenset(EVERYTHING), 3, NOW + 3600)),
    "other group": signed(group="g2", scopes=EVERYTHING),
    "expired": signed(scopes=EVERYTHING, expires=NOW - 1),
    "revoked": signed(viewer="dina", scopes=EVERYTHING),
    "old epoch": signed(scopes=EVERYTHING, epoch=2),
}
ALWAYS = {"none": 401, "forged": 401, "other group": 404, "expired": 401, "revoked": 401, "old epoch": 401}
LIVE = ("index.m3u8", "original/live.m3u8", "audio/live.m3u8", "PART", "SEGMENT", "INIT")
REPLAY = ("replay.m3u8", "original/replay.m3u8")


def expected(state, name):
    """Status by pass; what is not named gets 403."""
    if name == "original/rewind.m3u8":
        # The theatre may look, but of an armed feed nothing was recorded.
        found = {"air": {"watch": 200, "preview": 200, "all": 200}, "arm": {"preview": 404, "all": 404}}
        return found.get(state, {})
    if name in REPLAY:
        return {"replay": 200, "all": 200} if state == "shut" else {}
    if name == "download.mp4":
        return {"download": 200, "all": 200} if state == "shut" else {}
    if name in ("SEGMENT", "INIT") and state == "shut":
        return {"replay": 200, "all": 200}
    return {"air": {"watch": 200, "preview": 200, "all": 200}, "arm": {"preview": 200, "all": 200}}.get(state, {})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def web(clip, tmp_path_factory):
    roster = Roster(air=feed(), arm=feed("armed"), shut=feed())
    roster.document["groups"]["g1"] = {"epoch": 3, "revoked": {"dina": NOW + 3600}}
    async with plane(tmp_path_factory.mktemp("data"), roster, closing_seconds=0.0) as web:
        port = web.rtmp_port
        async with encoder(port, "air-secret", clip), encoder(port, "arm-secret", clip):
            async with encoder(port, "shut-secret", clip):
                await web.until_playing("shut", pass_text=PASSES["watch"], parts=8)
            await web.until_playing("air", pass_text=PASSES["watch"], parts=8)
            await web.until_playing("arm", pass_text=PASSES["preview"], parts=8)
            await web.turn("shut", state="closed")
            yield web


async def media_names(web, state):
    """Names of a part, a segment and an initialisation segment that exist now."""
    scope, playlist = {"air": ("watch", "live"), "arm": ("preview", "live"), "shut": ("replay", "replay")}[state]
    lines = (await web.get(f"/live/v/g1/{state}/original/{playlist}.m3u8", PASSES[scope])).text.splitlines()
    segments = [line for line in lines if line.endswith(".m4s") and not line.startswith("#")]
    parts = [line.split('URI="')[1].split('"')[0] for line in lines if line.startswith("#EXT-X-PART:")]
    return {"PART": (parts or ["0.0.m4s"])[-1], "SEGMENT": segments[-1], "INIT": "init-0.mp4"}


@pytest.mark.parametrize("state", ["air", "arm", "shut"])
@pytest.mark.parametrize("name", [*LIVE, *REPLAY, "original/rewind.m3u8", "download.mp4"])
async def test_every_file_against_every_pass(web, state, name):
    names = await media_names(web, state)
    path = f"/live/v/g1/{state}/" + (f"original/{names[name]}" if name in names else name)
    allowed = expected(state, name)
    seen, wanted, stored = {}, {}, {}
    for who, text in PASSES.items():
        answer = await web.get(path, text)
        wanted[who] = ALWAYS.get(who) or allowed.get(who, 403)
        seen[who] = answer.status_code
        stored[who] = answer.headers["cache-control"] == "no-store" or answer.status_code == 200
        auth = await web.get("/live/auth", text, **{"X-Original-URI": path + "?_HLS_msn=1"})
        # To a cache: 204, 401 or 403. That a file is not there is the origin's to say, not the right's.
        passes = who not in ALWAYS and who in allowed
        assert auth.status_code == (204 if passes else 401 if wanted[who] == 401 else 403), who
    assert seen == wanted
    assert all(stored.values())


@pytest.mark.parametrize(
    ("path", "scopes"),
    [("state", {"watch", "preview", "replay", "all"}), ("health", {"health", "all"}), ("health/events", {"health"})],
)
async def test_what_is_told_of_a_group(web, path, scopes):
    for who, text in PASSES.items():
        if path == "health/events" and who == "all":
            continue
        async with web.http.stream("GET", f"/live/v/g1/{path}", headers=bearer(text) if text else {}) as answer:
            assert answer.status_code == (ALWAYS.get(who) or (200 if who in scopes else 403)), who


@pytest.mark.parametrize("state", ["air", "arm", "shut"])
@pytest.mark.parametrize("end", ["ws", "ws?rung=audio", "publish"])
async def test_websockets_against_every_pass(web, state, end):
    for who, text in PASSES.items():
        if end == "publish":
            wanted = 101 if (who, state) == ("publish", "air") else 403
        else:
            wanted = {200: 101}.get(expected(state, "index.m3u8").get(who), 403)
        wanted = ALWAYS.get(who, wanted)
        try:
            async with web.ws(f"/live/v/g1/{state}/{end}", text):
                status = 101
        except websockets.InvalidStatus as refused:
            status = refused.response.status_code
        assert status == wanted, who


async def test_a_cookie_does_as_well_and_other_cookies_do_not_matter(web):
    path = "/live/v/g1/air/index.m3u8"
    assert (await web.get(path, Cookie=f"theme=dark; glisson_pass={PASSES['watch']}; a=b")).status_code == 200
    assert (await web.get(path, Cookie=f"not_glisson_pass={PASSES['watch']}")).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/", "/live", "/live/", "/live/v/g1", "/live/v/g1/", "/live/v/g1/air", "/live/v/g1/air/", "/live/v/g1/air/x",
        "/live/v/g1/nofeed/index.m3u8", "/live/v/g1/air/high/live.m3u8", "/live/v/g1/air/original/init-x.mp4",
        "/live/v/g1/air/original/1.m4s/2", "/live/v/g1/air/original/..%2f..%2froster.json", "/live/v/g1/air/original/",
        "/live/v/g1/air/original/-1.m4s", "/live/v/g1/air/original/1.-1.m4s", "/live/v/g1/air/original/%D9%A1.m4s",
        "/live/v/g1/air/original/99999999999999999999.m4s", "/live/v/g1/air/original/999999.m4s",
    ],
)  # fmt: skip
async def test_what_is_not_there_is_not_found_even_with_every_right(web, path):
    answer = await web.get(path, PASSES["all"])
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_only_reading_is_possible(web, method):
    assert (await web.http.request(method, "/live/v/g1/state", headers=bearer(PASSES["all"]))).status_code == 405


async def test_scripts_of_our_pages_may_read_and_others_may_not(web):
    path = "/live/v/g1/air/index.m3u8"
    ours = await web.get(path, PASSES["watch"], Origin=ORIGIN)
    assert ours.headers["access-control-allow-origin"] == ORIGIN
    assert ours.headers["access-control-allow-credentials"] == "true"
    assert ours.headers["vary"] == "Origin"
    # A refusal must be readable too, or the page cannot tell a lost line from an ended pass.
    assert (await web.get(path, None, Origin=ORIGIN)).headers["access-control-allow-origin"] == ORIGIN
    theirs = await web.get(path, PASSES["watch"], Origin="https://evil.example")
    assert "access-control-allow-origin" not in theirs.headers
    preflight = await web.http.options(path, headers={"Origin": ORIGIN, "Access-Control-Request-Headers": "range"})
    assert preflight.status_code == 204
    assert "Range" in preflight.headers["access-control-allow-headers"]
    assert (await web.http.options(path, headers={"Origin": "https://evil.example"})).status_code == 403


async def test_a_page_of_another_origin_cannot_open_a_websocket_with_the_viewers_cookie(web):
    for origin, status in ((ORIGIN, 101), ("https://evil.example", 403), ("null", 403)):
        try:
            async with web.ws("/live/v/g1/air/ws", PASSES["watch"], origin=origin):
                seen = 101
        except websockets.InvalidStatus as refused:
            seen = refused.response.status_code
        assert seen == status, origin


async def test_control_needs_its_secret(web):
    for headers in ({}, bearer("wrong"), bearer(PASSES["all"])):
        assert (await web.http.put("/live/control/roster", json={}, headers=headers)).status_code == 401
        assert (await web.http.get("/live/control/recordings/shut", headers=headers)).status_code == 401
        assert (await web.http.delete("/live/control/recordings/shut", headers=headers)).status_code == 401
