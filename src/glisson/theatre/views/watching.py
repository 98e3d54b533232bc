"""The pages of those who watch."""

from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from glisson.surgery.naming import describe_operation
from glisson.theatre.domain.queries.live_case import is_playable, playable_feeds, with_all
from glisson.theatre.enums import Status
from glisson.theatre.models import LiveCase
from glisson.theatre.views.access import live_case_for
from glisson.theatre.views.pictures import pass_for, theatre_data, with_pass


@login_required
def live_cases(request):
    """What is on, what comes, and what can be watched again."""
    found = list(with_all(LiveCase.objects.visible_to(request.user)).order_by("-session__starts_at", "-pk")[:200])
    groups = [
        {"title": _("On now"), "live_cases": [one for one in found if one.is_live]},
        {"title": _("Coming"), "live_cases": [one for one in reversed(found) if not one.is_live and not one.is_over]},
        {"title": _("Replays"), "live_cases": [one for one in found if one.is_over and is_playable(one)]},
    ]
    ctx = {"groups": groups, "nothing": not any(group["live_cases"] for group in groups)}
    return render(request, "theatre/live_cases.html", ctx)


@login_required
def live(request, code):
    """The attendee's page: the picture, the case in one line, the steps."""
    live_case = live_case_for(request.user, code)
    if live_case.is_over and is_playable(live_case):
        return redirect("theatre:replay", code)
    signed = pass_for(request, live_case)
    watches = signed is not None and "watch" in signed.viewer_pass.scopes
    ctx = {
        **_about(request, live_case),
        "theatre_data": theatre_data(request, live_case, signed) if watches else None,
        "closed_words": None if watches else _why_dark(request, live_case),
    }
    return with_pass(render(request, "theatre/live.html", ctx), live_case, signed)


@login_required
def replay(request, code):
    """The replay: every angle in step, and the files where the consent allows it."""
    live_case = live_case_for(request.user, code)
    if not live_case.is_over and not is_playable(live_case):
        return redirect("theatre:live", code)
    signed = pass_for(request, live_case)
    plays = signed is not None and "replay" in signed.viewer_pass.scopes and is_playable(live_case)
    data = theatre_data(request, live_case, signed, replay=True) if plays else None
    ctx = {
        **_about(request, live_case),
        "theatre_data": data,
        "angle": request.GET.get("angle", ""),
        "downloads": _downloads(live_case, data) if data and data["may"]["download"] else [],
        "closed_words": None if plays else _why_dark(request, live_case),
    }
    return with_pass(render(request, "theatre/replay.html", ctx), live_case, signed)


@require_POST
@login_required
def renew_pass(request, code):
    """A fresh pass and fresh data; 403 with a sentence when there is nothing more to see."""
    live_case = live_case_for(request.user, code)
    signed = pass_for(request, live_case)
    if signed is None:
        answer = JsonResponse({"why": str(_why_dark(request, live_case))}, status=403)
    else:
        answer = JsonResponse(theatre_data(request, live_case, signed, replay="replay" in request.GET))
    return with_pass(answer, live_case, signed)


def _about(request, live_case):
    user = request.user
    return {
        "live_case": live_case,
        "case": live_case.case,
        "meeting": live_case.session.meeting,
        "operation": describe_operation(live_case.case.operation),
        "scopes": live_case.case.consent_scopes(),
        "may_run": user.has_perm("theatre.run_feeds", live_case),
        "case_url": _case_url(user, live_case.case),
        "starts": live_case.session.starts_at.astimezone(live_case.session.meeting.zoneinfo),
    }


def _case_url(user, case):
    visible = type(case).objects.visible_to(user).filter(pk=case.pk).exists()
    return reverse("surgery:case", args=[case.code]) if visible else ""


def _downloads(live_case, data):
    base = f"{data['live_base']}/live/v/{live_case.group}"
    return [
        {"feed": feed, "asset": feed.recording.asset, "url": f"{base}/{feed.code}/download.mp4"}
        for feed in playable_feeds(live_case)
    ]


def _why_dark(request, live_case):
    """Why there is no picture, in a sentence for the person who came to see it."""
    if live_case.revocations.filter(person=request.user).exists():
        return _("Your access to this live case has been ended. The meeting's office can tell you why.")
    scopes = live_case.case.consent_scopes()
    if live_case.is_over:
        if "record" not in scopes:
            return _("There is no replay: no consent of the patient to recording is in force.")
        if any(feed.on_air_at for feed in live_case.feeds.all()) and not live_case.feeds.filter(
            recording__asset__taken_down_at__isnull=False
        ):
            return _("The theatre has closed. The replay is being prepared; this page shows it when it is there.")
        return _("The theatre has closed. There is no recording to replay.")
    if live_case.status == Status.LIVE:
        return _("The picture has been taken down: no consent of the patient to live transmission is in force.")
    return _("The theatre is not open yet. This page shows the picture as soon as it is.")
