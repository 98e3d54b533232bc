from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from glisson.core.access import get_for
from glisson.meetings.domain.meeting import publish_meeting
from glisson.meetings.domain.queries.meeting import timetable, with_all
from glisson.meetings.forms import MeetingForm
from glisson.meetings.models import Meeting


@login_required
def meetings(request):
    """Meetings ahead and behind, as far as the reader may know of them."""
    found = list(Meeting.objects.visible_to(request.user).select_related("alliance", "host")[:200])
    today = timezone.now().date()
    ahead = sorted((one for one in found if one.ends_on >= today), key=lambda one: one.starts_on)
    behind = [one for one in found if one.ends_on < today]
    ctx = {
        "groups": [{"title": _("Now and ahead"), "meetings": ahead}, {"title": _("Earlier"), "meetings": behind}],
        "nothing": not found,
        "may_plan": request.user.has_perm("meetings.plan_meeting"),
    }
    return render(request, "meetings/meetings.html", ctx)


@login_required
def meeting(request, code):
    """What, where, when in both zones, and what is shown."""
    found = get_for(request.user, with_all(Meeting.objects), code=code)
    days = timetable(found, request.user)
    ctx = {
        "meeting": found,
        "days": days,
        "elsewhere": any(line.is_elsewhere for day in days for line in day.lines),
        "reader_zone": timezone.get_current_timezone_name(),
        "may_change": request.user.has_perm("meetings.change_meeting", found),
        "may_publish": request.user.has_perm("meetings.publish_meeting", found),
    }
    return render(request, "meetings/meeting.html", ctx)


@login_required
@permission_required("meetings.plan_meeting", raise_exception=True)
def new_meeting(request):
    form = MeetingForm(request.POST or None, user=request.user)
    if form.is_valid() and (made := form.save()):
        return redirect(made)
    ctx = {"form": form, "title": _("Plan a meeting"), "button": _("Save as a draft")}
    return render(request, "meetings/meeting_form.html", ctx, status=422 if form.errors else 200)


@login_required
def edit_meeting(request, code):
    found = get_for(request.user, Meeting.objects, to="meetings.change_meeting", code=code)
    form = MeetingForm(request.POST or None, user=request.user, meeting=found)
    if form.is_valid() and (changed := form.save()):
        return redirect(changed)
    ctx = {"form": form, "meeting": found, "title": _("Change the meeting"), "button": _("Save the changes")}
    return render(request, "meetings/meeting_form.html", ctx, status=422 if form.errors else 200)


@require_POST
@login_required
def publish(request, code):
    found = get_for(request.user, Meeting.objects, to="meetings.publish_meeting", code=code)
    return redirect(publish_meeting(found, acting_user=request.user))
