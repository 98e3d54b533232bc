from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone

from glisson.meetings.models import Meeting
from glisson.surgery.models import Case
from glisson.theatre.domain.queries.live_case import on_now
from glisson.theatre.views.pictures import pass_for, theatre_data, with_pass
from glisson.web.waiting import waiting_for

CASES_SHOWN = 5


@login_required
def today(request):
    """Three things only: what is on, what waits for me, my cases."""
    live_cases = list(on_now(request.user)[:4])
    shown = live_cases[0] if live_cases else None
    signed = pass_for(request, shown) if shown else None
    watches = signed is not None and "watch" in signed.viewer_pass.scopes
    mine = Case.objects.visible_to(request.user).filter(team__person=request.user).distinct()
    ctx = {
        "shown": shown,
        "also_on": live_cases[1:],
        "theatre_data": theatre_data(request, shown, signed) if watches else None,
        "next_meeting": None if shown else _next_meeting(request.user),
        "waiting": waiting_for(request.user),
        "cases": mine.select_related("hospital")[:CASES_SHOWN],
    }
    answer = render(request, "web/today.html", ctx)
    return with_pass(answer, shown, signed) if signed else answer


def _next_meeting(person):
    coming = Meeting.objects.visible_to(person).filter(ends_on__gte=timezone.now().date(), published_at__isnull=False)
    return coming.select_related("host").order_by("starts_on", "pk").first()
