"""What the pictures' islands are given: the page's data, and the pass in a cookie."""

import time

from django.urls import reverse

from glisson.core.config import config
from glisson.streaming.rights import COOKIE, PASS_SECONDS
from glisson.theatre.domain.passes import issue_pass
from glisson.theatre.domain.queries.live_case import playable_feeds
from glisson.theatre.domain.roster import effective_state
from glisson.theatre.island_words import island_words


def theatre_data(request, live_case, signed, *, replay=False):
    """The JSON of the page, and of every renewal of the pass: of what is live, or of what can be replayed."""
    scopes = signed.viewer_pass.scopes if signed else frozenset()
    replay = replay or live_case.is_over
    feeds = playable_feeds(live_case) if replay else list(live_case.feeds.all())
    return {
        "live_base": config().live_base(request.get_host()),
        "group": live_case.group,
        "expires": signed.viewer_pass.expires if signed else 0,
        "now": time.time(),
        "zone": live_case.session.meeting.zone,
        "renew_url": reverse("theatre:pass", args=[live_case.code]) + ("?replay" if replay else ""),
        "state": "closed" if replay else "live",
        "feeds": [_feed(live_case, feed) for feed in feeds],
        "may": {"download": "download" in scopes, "health": "health" in scopes},
        "words": island_words(),
    }


def with_pass(response, live_case, signed):
    """Set the pass as a cookie that only this live case's pictures receive; without one, take the old away."""
    path = f"/live/v/{live_case.group}/"
    if signed is None:
        response.delete_cookie(COOKIE, path=path, samesite="Lax")
    else:
        response.set_cookie(
            COOKIE, signed.text, max_age=PASS_SECONDS, path=path, secure=config().https, httponly=True, samesite="Lax"
        )
    response["Cache-Control"] = "no-store"
    return response


def pass_for(request, live_case):
    """The reader's pass for the live case, or None."""
    return issue_pass(request.user, live_case)


def _feed(live_case, feed):
    feed.live_case = live_case  # fetched already, with its consents
    return {
        "id": feed.code,
        "code": feed.code,
        "angle": feed.angle,
        "title": feed.title,
        "state": effective_state(feed),
        "mirrored": False,
    }
