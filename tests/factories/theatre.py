"""A meeting of the Northern Alliance that is on today, with a live case of Bob's in Lakeside's theatre."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from glisson.clinical import Operation
from glisson.core.config import config
from glisson.meetings.domain.meeting import add_room, plan_meeting, publish_meeting
from glisson.meetings.domain.session import add_session
from glisson.meetings.enums import SessionKind
from glisson.surgery.domain.case import enter_case
from glisson.surgery.domain.consent import record_consent
from glisson.surgery.enums import Approach, Role, Scope
from glisson.theatre.domain import live_process
from glisson.theatre.domain.feed import arm_feed, create_feed, put_feed_on_air
from glisson.theatre.domain.live_case import clear_live_case, close_live_case, open_live_case, propose_live_case
from glisson.theatre.enums import Angle

RIGHT_HEPATECTOMY = "S5,S6,S7,S8;PV:reconstructed|rh+pv-thrombectomy+pv-reconstruct"


def make_case(surgeon, hospital, *, operation=RIGHT_HEPATECTOMY, **team):
    return enter_case(
        hospital=hospital,
        operated_on=timezone.now().date(),
        operation=Operation.parse(operation),
        approach_intended=Approach.LAPAROSCOPIC,
        team={Role.SURGEON: surgeon, **team},
        acting_user=surgeon,
    )


def make_consent(case, *scopes, **values):
    return record_consent(
        case,
        scopes=scopes or [Scope.LIVE, Scope.RECORD],
        document="Folder 7",
        **{"signed_at": timezone.now() - timedelta(days=1), "acting_user": case.surgeon} | values,
    )


def make_meeting(alliance, host, acting_user, **values):
    today = timezone.now().date()
    return plan_meeting(
        alliance,
        **{
            "host": host,
            "title": "Live surgery day",
            "place": "Great hall",
            "zone": "UTC",
            "starts_on": today - timedelta(days=1),
            "ends_on": today + timedelta(days=1),
            "acting_user": acting_user,
        }
        | values,
    )


def make_session(meeting, acting_user, **values):
    now = timezone.now()
    return add_session(
        meeting,
        **{
            "kind": SessionKind.LIVE_CASE,
            "title": "Theatre 1",
            "starts_at": now - timedelta(minutes=30),
            "ends_at": now + timedelta(hours=2),
            "acting_user": acting_user,
        }
        | values,
    )


def make_feed(live_case, acting_user, *, angle=Angle.LAPAROSCOPE, title="Laparoscope", **values):
    return create_feed(live_case, angle=angle, title=title, acting_user=acting_user, **values)


@pytest.fixture
def live_process_away(monkeypatch):
    """Where nothing listens the refusal comes at once; tests that need an answer ask for ``live_plane``."""
    monkeypatch.setattr(live_process, "TIMEOUT", 0.5)
    monkeypatch.setattr(live_process, "control_url", lambda: "http://127.0.0.1:9")


@pytest.fixture
def draft(northern, lakeside, alice):
    return make_meeting(northern, lakeside, alice)


@pytest.fixture
def meeting(draft, alice):
    return publish_meeting(draft, acting_user=alice)


@pytest.fixture
def room(meeting, alice):
    return add_room(meeting, name="Theatre 1", acting_user=alice)


@pytest.fixture
def session(meeting, alice):
    return make_session(meeting, alice)


@pytest.fixture
def case(bob, lakeside):
    return make_case(bob, lakeside)


@pytest.fixture
def consent(case):
    return make_consent(case, Scope.LIVE, Scope.RECORD, Scope.TEACH)


@pytest.fixture
def proposed(session, case, alice):
    """Before the patient signed."""
    return propose_live_case(session, case, acting_user=alice)


@pytest.fixture
def consented(session, case, consent, alice):
    return propose_live_case(session, case, acting_user=alice)


@pytest.fixture
def cleared(consented, alice):
    return clear_live_case(consented, acting_user=alice)


@pytest.fixture
def live_case(cleared, eva):
    """Open now, with nothing on air yet."""
    return open_live_case(cleared, acting_user=eva)


@pytest.fixture
def feed(live_case, eva):
    """Closed; its encoder would be turned away."""
    return make_feed(live_case, eva)


@pytest.fixture
def on_air(feed, eva):
    return put_feed_on_air(arm_feed(feed, acting_user=eva), acting_user=eva)


@pytest.fixture
def closed_case(on_air, eva):
    return close_live_case(on_air.live_case, acting_user=eva)


class LivePlane:
    """Answers as the live process does; remembers what it was told."""

    def __init__(self):
        self.rosters, self.recordings, self.seen = [], {}, []
        self.version = 0
        self.broken = False
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self):
                document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.seen.append((self.path, self.headers["Authorization"]))
                if server.broken:
                    return self.answer(500, {"why": "broken"})
                if document["version"] < server.version:
                    return self.answer(409, {"version": server.version})
                server.version = document["version"]
                server.rosters.append(document)
                return self.answer(200, {"version": server.version})

            def do_GET(self):
                found = server.recordings.get(self.path.rpartition("/")[2])
                return self.answer(200, found) if found else self.answer(404, {"why": "not_recorded"})

            def answer(self, status, document):
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def close(self):
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()


@pytest.fixture
def live_plane(live_process_away, monkeypatch):
    server = LivePlane()
    monkeypatch.setattr(live_process, "control_url", lambda: server.url)
    yield server
    server.close()


def recorded(seconds=61.5, **changes):
    """What the live process says of a finished recording."""
    original = {"seconds": seconds, "bytes": 1_000_000, "manifest_sha256": "a" * 64, "streams": [], "gaps": []}
    return {"finished": True, "rungs": {"original": original | changes, "low": {"seconds": seconds, "bytes": 9000}}}


def control_secret():
    return (config().secrets_folder / "live-control").read_text()
