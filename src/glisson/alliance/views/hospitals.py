from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from glisson.alliance.forms import HospitalForm, NewHospitalForm
from glisson.alliance.models import Alliance, Hospital, Membership
from glisson.core.access import get_for
from glisson.core.views.form_page import form_page


@login_required
def hospital(request, code):
    hospital = get_for(request.user, Hospital.objects, code=code)
    may_manage = request.user.has_perm("alliance.manage_hospital", hospital)
    # A hospital may belong to an alliance that the reader must not learn of.
    memberships = Membership.objects.visible_to(request.user).filter(hospital=hospital).select_related("alliance")
    ctx = {
        "hospital": hospital,
        "may_manage": may_manage,
        "memberships": memberships,
        "appointments": hospital.appointments.current().select_related("person").order_by("role", "person__name"),
        "invitations": hospital.invitations.open() if may_manage else [],
    }
    return render(request, "alliance/hospital.html", ctx)


@login_required
def add_hospital(request, code):
    alliance = get_for(request.user, Alliance.objects, to="alliance.manage_alliance", code=code)
    form = NewHospitalForm(request.POST or None, initial={"time_zone": alliance.time_zone})
    if request.POST and (hospital := form.saved(alliance=alliance, acting_user=request.user)):
        messages.success(request, _("%(hospital)s is now part of the alliance.") % {"hospital": hospital})
        return redirect(hospital)
    return form_page(request, form, title=_("Add a hospital"), kicker=alliance, back=alliance, button=_("Add hospital"))


@login_required
def edit_hospital(request, code):
    hospital = get_for(request.user, Hospital.objects, to="alliance.manage_hospital", code=code)
    fields = ("name", "names", "country", "province", "city", "time_zone", "ror")
    form = HospitalForm(request.POST or None, initial={name: getattr(hospital, name) for name in fields})
    if request.POST and form.saved(hospital=hospital, acting_user=request.user):
        return redirect(hospital)
    return form_page(request, form, title=_("Edit the hospital"), kicker=hospital, back=hospital)
