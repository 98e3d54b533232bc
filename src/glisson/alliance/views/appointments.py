from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from glisson.alliance.forms import AppointForm, EndAppointmentForm
from glisson.alliance.models import Alliance, Appointment, Hospital, Person
from glisson.core.access import get_for
from glisson.core.views.form_page import form_page


@login_required
def appoint_in_alliance(request, code):
    alliance = get_for(request.user, Alliance.objects, to="alliance.manage_alliance", code=code)
    return _appoint(request, alliance, {"alliance": alliance})


@login_required
def appoint_in_hospital(request, code):
    hospital = get_for(request.user, Hospital.objects, to="alliance.manage_hospital", code=code)
    return _appoint(request, hospital, {"hospital": hospital})


def _appoint(request, place, where):
    form = AppointForm(request.POST or None, people=Person.objects.visible_to(request.user), place=where)
    if request.POST and form.saved(acting_user=request.user):
        return redirect(place)
    return form_page(
        request,
        form,
        title=_("Appoint"),
        kicker=place,
        back=place,
        button=_("Appoint"),
        lead=_("For people who have an account already; invite everyone else."),
    )


@login_required
def end_appointment(request, code):
    appointment = get_for(request.user, Appointment.objects, to="alliance.manage_appointment", code=code)
    form = EndAppointmentForm(request.POST or None)
    if request.POST and form.saved(appointment=appointment, acting_user=request.user):
        return redirect(appointment.place)
    return form_page(
        request, form, title=_("End the appointment"), kicker=appointment, back=appointment.place, danger=True
    )
