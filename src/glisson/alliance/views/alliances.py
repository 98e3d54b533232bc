from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from glisson.alliance.domain.queries.membership import former_members, members_by_tier
from glisson.alliance.forms import AllianceForm
from glisson.alliance.models import Alliance
from glisson.core.access import get_for
from glisson.core.views.form_page import form_page


@login_required
def alliances(request):
    """Straight to the alliance for those who belong to one; a choice for the others."""
    found = list(request.user.alliances())
    if len(found) == 1:
        return redirect(found[0])
    return render(request, "alliance/alliances.html", {"alliances": found})


@login_required
def alliance(request, code):
    alliance = get_for(request.user, Alliance.objects, code=code)
    may_manage = request.user.has_perm("alliance.manage_alliance", alliance)
    ctx = {
        "alliance": alliance,
        "may_manage": may_manage,
        "tiers": members_by_tier(alliance),
        "former": former_members(alliance),
        "offices": alliance.appointments.current().select_related("person").order_by("role", "person__name"),
        "invitations": alliance.invitations.open() if may_manage else [],
    }
    return render(request, "alliance/alliance.html", ctx)


@login_required
def edit_alliance(request, code):
    alliance = get_for(request.user, Alliance.objects, to="alliance.manage_alliance", code=code)
    initial = {name: getattr(alliance, name) for name in ("name", "names", "about", "time_zone")}
    form = AllianceForm(request.POST or None, initial=initial)
    if request.POST and form.saved(alliance=alliance, acting_user=request.user):
        return redirect(alliance)
    return form_page(request, form, title=_("Edit the alliance"), back=alliance)
