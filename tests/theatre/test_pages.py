"""What the pages of the theatre say and hand to the pictures."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from glisson.streaming.rights import COOKIE, PASS_SECONDS
from glisson.surgery.models import Consent
from glisson.theatre.domain import stream_keys
from glisson.theatre.domain.consent import withdraw_and_take_down
from glisson.theatre.domain.passes import revoke_viewing
from glisson.theatre.domain.queries.live_case import may_follow, on_now
from glisson.theatre.domain.recording import register_recording
from glisson.theatre.domain.roster import push_roster
from glisson.theatre.models import Feed
from tests.factories.theatre import make_feed, recorded


@pytest.fixture
def visit(client):
    def visit(person, name, *args, **data):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        address = reverse(name, args=args)
        return client.post(address, data) if data else client.get(address)

    return visit


def data_of(response):
    found = re.search(r'<script id="theatre-data" type="application/json">(.*?)</script>', response.content.decode())
    return json.loads(found[1]) if found else None


def test_the_attendee_s_page_hands_the_picture_what_it_needs(on_air, farid, visit):
    live_case = on_air.live_case
    response = visit(farid, "theatre:live", live_case.code)
    data = data_of(response)
    assert data["group"] == live_case.group
    assert data["renew_url"] == f"/theatre/{live_case.code}/pass/"
    assert (data["state"], data["may"]) == ("live", {"download": False, "health": False})
    assert data["feeds"] == [
        {
            "id": on_air.code,
            "code": on_air.code,
            "angle": "laparoscope",
            "title": "Laparoscope",
            "state": "on_air",
            "mirrored": False,
        }
    ]
    cookie = response.cookies[COOKIE]
    assert (cookie["path"], cookie["max-age"]) == (f"/live/v/{live_case.group}/", PASS_SECONDS)
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert response["Cache-Control"] == "no-store"


def test_it_names_the_operation_with_how_far_the_names_were_checked(on_air, farid, visit):
    page = visit(farid, "theatre:live", on_air.live_case.code).content.decode()
    assert "Laparoscopic right hepatectomy with portal vein thrombectomy and reconstruction" in page
    assert "H5678-PV" in page
    assert "source not checked" in page
    assert "waits for review by two liver surgeons" in page


def test_no_page_of_those_who_watch_holds_a_stream_key(on_air, farid, visit):
    key = stream_keys.unseal(Feed.objects.get().sealed_key)
    page = visit(farid, "theatre:live", on_air.live_case.code).content.decode()
    assert key not in page
    assert key.partition("-")[2] not in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda live_case, farid, grace: None, None),
        (
            lambda live_case, farid, grace: Consent.objects.update(live=False),
            "The picture has been taken down: no consent of the patient to live transmission is in force.",
        ),
        (
            lambda live_case, farid, grace: revoke_viewing(farid, live_case, reason="Filmed", acting_user=grace),
            "Your access to this live case has been ended. The meeting&#x27;s office can tell you why.",
        ),
    ],
    ids=["on air", "consent gone", "revoked"],
)
def test_where_there_is_no_picture_the_page_says_why(on_air, farid, grace, visit, change, sentence):
    change(on_air.live_case, farid, grace)
    response = visit(farid, "theatre:live", on_air.live_case.code)
    assert (data_of(response) is None) == (sentence is not None)
    if sentence:
        assert sentence in response.content.decode()
        assert response.cookies[COOKIE]["max-age"] == 0


def test_before_it_opens_the_page_says_when(cleared, farid, visit):
    page = visit(farid, "theatre:live", cleared.code).content.decode()
    assert "The theatre is not open yet. This page shows the picture as soon as it is." in page


def test_a_renewed_pass_brings_fresh_data_and_ends_with_a_sentence(on_air, farid, grace, client):
    client.force_login(farid, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("theatre:pass", args=[on_air.live_case.code])
    fresh = client.post(address)
    assert fresh.json()["group"] == on_air.live_case.group
    revoke_viewing(farid, on_air.live_case, reason="Filmed", acting_user=grace)
    ended = client.post(address)
    assert ended.status_code == 403
    assert ended.json()["why"].startswith("Your access to this live case has been ended.")
    assert ended.cookies[COOKIE]["max-age"] == 0


def test_the_technician_reads_everything_to_type(on_air, eva, visit):
    page = visit(eva, "theatre:technician", on_air.live_case.code).content.decode()
    key = stream_keys.unseal(Feed.objects.get().sealed_key)
    for words in (
        key,
        "rtmp://127.0.0.1/live",
        "Keyframe Interval",
        "bframes=0",
        "ffmpeg -re",
        "Publish from this browser",
    ):
        assert words in page


def test_a_key_that_cannot_be_read_any_more_is_replaced_not_guessed(feed, eva, visit):
    Feed.objects.update(sealed_key="sealed by another installation")
    page = visit(eva, "theatre:technician", feed.live_case.code).content.decode()
    assert "The stream key cannot be read any more" in page


def test_a_recorder_s_password_is_not_shown(live_case, eva, visit):
    make_feed(live_case, eva, pull_url="rtsp://operator:secret@10.0.0.7:554/stream")
    page = visit(eva, "theatre:technician", live_case.code).content.decode()
    assert "rtsp://operator:…@10.0.0.7:554/stream" in page
    assert "secret@" not in page


def test_with_the_live_process_away_the_technician_s_page_says_since_when(on_air, eva, visit):
    state = push_roster()
    response = visit(eva, "theatre:technician", on_air.live_case.code)
    assert response.status_code == 200
    assert f"The live process has not answered since {state.silent_since:%H:%M:%S}" in response.content.decode()


def test_the_replay_plays_what_was_recorded_and_offers_the_file(closed_case, live_plane, bob, farid, visit):
    feed = closed_case.feeds.get()
    live_plane.recordings[feed.code] = recorded()
    register_recording(feed)
    replay = visit(farid, "theatre:replay", closed_case.code)
    assert [one["id"] for one in data_of(replay)["feeds"]] == [feed.code]
    assert "download.mp4" not in replay.content.decode()
    offered = visit(bob, "theatre:replay", closed_case.code).content.decode()
    assert f"/live/v/{closed_case.group}/{feed.code}/download.mp4" in offered
    assert visit(farid, "theatre:live", closed_case.code).headers["Location"].endswith("/replay/")


def test_a_withdrawn_consent_leaves_a_sentence_in_the_replay_s_place(
    closed_case, consent, live_plane, bob, farid, visit
):
    feed = closed_case.feeds.get()
    live_plane.recordings[feed.code] = recorded()
    register_recording(feed)
    withdraw_and_take_down(consent, acting_user=bob)
    response = visit(farid, "theatre:replay", closed_case.code)
    assert data_of(response) is None
    assert "There is no replay: no consent of the patient to recording is in force." in response.content.decode()


def test_a_refusal_comes_back_as_a_sentence_on_the_page(cleared, eva, client):
    feed = make_feed(cleared, eva)
    client.force_login(eva, backend="django.contrib.auth.backends.ModelBackend")
    response = client.post(reverse("theatre:switch", args=[feed.code, "air"]), follow=True)
    assert "The live case is not open. Open it first; then put the feed on air." in response.content.decode()


def test_a_passphrase_needs_its_port(live_case, eva, visit):
    response = visit(
        eva,
        "theatre:new_feed",
        live_case.code,
        angle="room",
        srt_passphrase="ten letters!",
        pull_url="file:///etc/passwd",
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "Give the port as well, or leave both empty." in page
    assert "Write an address that begins with rtsp://" in page


def test_what_is_on_now_is_asked_for_each_reader(on_air, dina, farid):
    assert [one.code for one in on_now(farid)] == [on_air.live_case.code]
    assert list(on_now(dina)) == []


def test_only_those_who_see_it_may_follow_it(on_air, dina, farid, grace):
    code = on_air.live_case.code
    assert (may_follow(farid, code), may_follow(dina, code)) == (True, False)
    revoke_viewing(farid, on_air.live_case, reason="Filmed", acting_user=grace)
    assert may_follow(farid, code) is False


@pytest.mark.parametrize("page", ["theatre:live", "theatre:technician"])
def test_more_feeds_need_no_more_queries(on_air, eva, visit, page):

    visit(eva, page, on_air.live_case.code)
    with CaptureQueriesContext(connection) as few:
        visit(eva, page, on_air.live_case.code)
    for number in range(4):
        make_feed(on_air.live_case, eva, title=f"Feed {number}")
    with CaptureQueriesContext(connection) as many:
        visit(eva, page, on_air.live_case.code)
    assert len(many) == len(few)
