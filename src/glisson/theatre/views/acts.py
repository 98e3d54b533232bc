"""The buttons: each is one POST, one verb, and back to the page it came from."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from glisson.core.access import get_for
from glisson.meetings.models import Session
from glisson.surgery.models import Consent
from glisson.theatre.domain.consent import withdraw_and_take_down
from glisson.theatre.domain.feed import arm_feed, close_feed, put_feed_on_air, rotate_stream_key
from glisson.theatre.domain.live_case import clear_live_case, close_live_case, confirm_consent, open_live_case
from glisson.theatre.domain.refusal import TheatreRefused
from glisson.theatre.forms import ProposalForm
from glisson.theatre.views.access import feed_for, live_case_for

WALK = {
    "consent": (confirm_consent, "theatre.confirm_consent"),
    "clear": (clear_live_case, "theatre.clear_live_case"),
    "open": (open_live_case, "theatre.open_live_case"),
    "close": (close_live_case, "theatre.close_live_case"),
}
SWITCHES = {
    "arm": arm_feed,
    "air": put_feed_on_air,
    "close": close_feed,
    "rotate": rotate_stream_key,
}


@login_required
def propose(request, code):
    session = get_for(
        request.user,
        Session.objects.select_related("meeting__alliance"),
        to="theatre.propose_live_case",
        code=code,
    )
    form = ProposalForm(request.POST or None, user=request.user, session=session)
    if form.is_valid() and (made := form.save()):
        return redirect(made)
    ctx = {"form": form, "session": session, "meeting": session.meeting}
    return render(request, "theatre/propose.html", ctx, status=422 if form.errors else 200)


@require_POST
@login_required
def walk(request, code, act):
    """One step of the live case's walk."""
    verb, permission = WALK[act]
    live_case = live_case_for(request.user, code, to=permission)
    _try(request, verb, live_case)
    return _back(request, live_case)


@require_POST
@login_required
def switch(request, code, act):
    """Arm, put on air, close, or give a new key."""
    feed = feed_for(request.user, code)
    _try(request, SWITCHES[act], feed)
    return redirect("theatre:technician", feed.live_case.code)


@login_required
def withdraw(request, code):
    """Ask once, in plain words; then everything comes down."""
    consent = get_for(
        request.user, Consent.objects.select_related("case__hospital"), to="surgery.withdraw_consent", code=code
    )
    if request.method == "POST":
        withdraw_and_take_down(consent, acting_user=request.user)
        messages.success(request, _("The consent is withdrawn. What it covered has been taken down."))
        return redirect(consent.case)
    return render(request, "theatre/withdraw.html", {"consent": consent, "case": consent.case})


def _try(request, verb, thing):
    try:
        verb(thing, acting_user=request.user)
    except TheatreRefused as refusal:
        messages.error(request, str(refusal))


def _back(request, live_case):
    asked = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return redirect(asked if safe else live_case)
