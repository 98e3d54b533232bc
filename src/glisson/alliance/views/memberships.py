from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from glisson.alliance.forms import EndMembershipForm, TierForm
from glisson.alliance.models import Membership
from glisson.core.access import get_for
from glisson.core.views.form_page import form_page


@login_required
def change_tier(request, code):
    membership = get_for(request.user, Membership.objects, to="alliance.manage_membership", code=code)
    form = TierForm(request.POST or None, initial={"tier": membership.tier})
    if request.POST and form.saved(membership=membership, acting_user=request.user):
        return redirect(membership.alliance)
    return form_page(
        request,
        form,
        title=_("Change the tier"),
        kicker=membership.hospital,
        back=membership.alliance,
        lead=_("The present term ends the day before; it stays in the history."),
    )


@login_required
def end_membership(request, code):
    membership = get_for(request.user, Membership.objects, to="alliance.manage_membership", code=code)
    form = EndMembershipForm(request.POST or None)
    if request.POST and form.saved(membership=membership, acting_user=request.user):
        return redirect(membership.alliance)
    return form_page(
        request,
        form,
        title=_("End the membership"),
        kicker=membership.hospital,
        back=membership.alliance,
        lead=_("After that day the hospital's people see nothing of this alliance any more."),
        danger=True,
    )
