from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from glisson.core.access import get_for
from glisson.meetings.forms import RoomForm, SessionForm
from glisson.meetings.models import Meeting, Session


@login_required
def new_room(request, code):
    meeting = get_for(request.user, Meeting.objects, to="meetings.change_meeting", code=code)
    form = RoomForm(request.POST or None)
    if form.is_valid() and form.save(meeting, acting_user=request.user):
        return redirect(meeting)
    ctx = {"meeting": meeting, "form": form, "title": _("Add a room"), "button": _("Add the room")}
    return render(request, "meetings/form.html", ctx, status=422 if form.errors else 200)


@login_required
def new_session(request, code):
    meeting = get_for(request.user, Meeting.objects, to="meetings.change_meeting", code=code)
    form = SessionForm(request.POST or None, meeting=meeting)
    if form.is_valid() and form.save(acting_user=request.user):
        return redirect(meeting)
    ctx = {"meeting": meeting, "form": form, "title": _("Add a session"), "button": _("Add the session")}
    return render(request, "meetings/form.html", ctx, status=422 if form.errors else 200)


@login_required
def edit_session(request, code):
    session = get_for(request.user, Session.objects.select_related("meeting"), to="meetings.change_session", code=code)
    form = SessionForm(request.POST or None, meeting=session.meeting, session=session)
    if form.is_valid() and form.save(acting_user=request.user):
        return redirect(session.meeting)
    ctx = {"meeting": session.meeting, "form": form, "title": _("Change the session"), "button": _("Save the changes")}
    return render(request, "meetings/form.html", ctx, status=422 if form.errors else 200)
