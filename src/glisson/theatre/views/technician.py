"""The pages of those who put pictures on air."""

from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from glisson.core.config import config
from glisson.theatre.domain import encoders, stream_keys
from glisson.theatre.domain.queries.live_case import is_kept, is_playable
from glisson.theatre.domain.roster import roster_state
from glisson.theatre.enums import Status
from glisson.theatre.forms import FeedForm, RevocationForm
from glisson.theatre.views.access import feed_for, live_case_for
from glisson.theatre.views.pictures import pass_for, theatre_data, with_pass

NEXT = {
    Status.PROPOSED: (
        "consent",
        "theatre.confirm_consent",
        _("Confirm the consent"),
        _("Proposed. The patient's consent to live transmission has to be on record and confirmed."),
    ),
    Status.CONSENTED: (
        "clear",
        "theatre.clear_live_case",
        _("Clear this case for live surgery"),
        _("Consented. The chair of the alliance reviews the choice of case and clears it."),
    ),
    Status.CLEARED: (
        "open",
        "theatre.open_live_case",
        _("Open the live case"),
        _("Cleared. Check the feeds with the theatre alone, then open the live case."),
    ),
    Status.LIVE: (
        "close",
        "theatre.close_live_case",
        _("Close the live case for good"),
        _("Open: what you put on air is seen by everyone."),
    ),
    Status.CLOSED: ("", "", "", _("Closed. The replay is ready as soon as the recordings are registered.")),
    Status.OUTCOME_RECORDED: ("", "", "", _("Closed, and its outcome is recorded.")),
}
"""For each state: the act that leads on, who may do it, its button, and what the page says."""


@login_required
def technician(request, code):
    """Per feed: a picture, green or what to fix, and everything to type into the encoder."""
    live_case = live_case_for(request.user, code, to="theatre.run_feeds")
    signed = pass_for(request, live_case)
    ctx = {
        "live_case": live_case,
        "case": live_case.case,
        "meeting": live_case.session.meeting,
        "desks": [_desk(live_case, feed) for feed in live_case.feeds.all()],
        "roster": roster_state(),
        "scopes": live_case.case.consent_scopes(),
        "theatre_data": theatre_data(request, live_case, signed),
        **_walk(request.user, live_case),
        "may_revoke": request.user.has_perm("theatre.revoke_viewing", live_case),
    }
    return with_pass(render(request, "theatre/technician.html", ctx), live_case, signed)


@login_required
def new_feed(request, code):
    live_case = live_case_for(request.user, code, to="theatre.run_feeds")
    form = FeedForm(request.POST or None, user=request.user, live_case=live_case)
    if form.is_valid() and form.save():
        return redirect("theatre:technician", code)
    ctx = {"form": form, "live_case": live_case, "title": _("Add a feed"), "button": _("Add the feed")}
    return render(request, "theatre/feed_form.html", ctx, status=422 if form.errors else 200)


@login_required
def edit_feed(request, code):
    feed = feed_for(request.user, code)
    form = FeedForm(request.POST or None, user=request.user, live_case=feed.live_case, feed=feed)
    if form.is_valid() and form.save():
        return redirect("theatre:technician", feed.live_case.code)
    ctx = {"form": form, "live_case": feed.live_case, "title": _("Change the feed"), "button": _("Save the changes")}
    return render(request, "theatre/feed_form.html", ctx, status=422 if form.errors else 200)


@login_required
def publish(request, code):
    """A camera, a capture card or a screen of this computer as the encoder."""
    feed = feed_for(request.user, code)
    live_case = live_case_for(request.user, feed.live_case.code)
    signed = pass_for(request, live_case)
    ctx = {
        "feed": feed,
        "live_case": live_case,
        "case": live_case.case,
        "theatre_data": theatre_data(request, live_case, signed),
    }
    return with_pass(render(request, "theatre/publish.html", ctx), live_case, signed)


@login_required
def revoke(request, code):
    """End one person's viewing."""
    live_case = live_case_for(request.user, code, to="theatre.revoke_viewing")
    form = RevocationForm(request.POST or None, user=request.user, live_case=live_case)
    if form.is_valid() and form.save():
        return redirect("theatre:technician", code)
    ctx = {"form": form, "live_case": live_case, "revocations": live_case.revocations.select_related("person")}
    return render(request, "theatre/revoke.html", ctx, status=422 if form.errors else 200)


def _desk(live_case, feed):
    try:
        key = stream_keys.unseal(feed.sealed_key)
    except stream_keys.InvalidToken:
        key = ""  # the installation's secret was changed since; the page asks for a new key
    address = encoders.Address(config().rtmp_url, key)
    host = urlsplit(config().rtmp_url).hostname
    return {
        "feed": feed,
        "kept": is_playable(live_case) and is_kept(feed),
        "is_key_lost": not key,
        "address": address,
        "rtmps_url": config().rtmps_url,
        "obs": encoders.obs_settings(address),
        "hardware": encoders.hardware_settings(address),
        "ffmpeg": encoders.ffmpeg_command(address),
        "test_pattern": encoders.test_pattern_command(address),
        "rehearse": f"glisson rehearse '{address.whole}'",
        "pull_shown": _without_password(feed.pull_url),
        "srt": encoders.srt_address(host, feed.srt_port, feed.srt_passphrase) if feed.srt_port else "",
    }


def _walk(user, live_case):
    """Where the live case stands, what it needs, and the button for who may do it."""
    status = Status(live_case.status)
    act, permission, button, words = NEXT[status]
    may = bool(act) and user.has_perm(permission, live_case)
    return {
        "walk_states": [one for one in Status.choices if one[0] != Status.OUTCOME_RECORDED],
        "walk_act": act if may else "",
        "walk_button": button,
        "walk_words": words,
    }


def _without_password(url):
    """An address for the page: whoever looks over the shoulder does not get the recorder's password."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{parts.username}:…@{place}").geturl()
