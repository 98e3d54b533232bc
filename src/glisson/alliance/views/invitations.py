from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from glisson.alliance.domain.invitation import accept_invitation, hash_token, withdraw_invitation
from glisson.alliance.forms import InviteForm, JoinForm
from glisson.alliance.letters import invitation_link, send_invitation
from glisson.alliance.models import Alliance, Hospital, Invitation, Person
from glisson.core.access import get_for
from glisson.core.views.form_page import form_page


@login_required
def invite_to_alliance(request, code):
    alliance = get_for(request.user, Alliance.objects, to="alliance.manage_alliance", code=code)
    return _invite(request, alliance, {"alliance": alliance})


@login_required
def invite_to_hospital(request, code):
    hospital = get_for(request.user, Hospital.objects, to="alliance.manage_hospital", code=code)
    return _invite(request, hospital, {"hospital": hospital})


def _invite(request, place, where):
    form = InviteForm(request.POST or None, place=where, initial={"language": get_language()})
    if request.POST and (sent := form.saved(acting_user=request.user)):
        invitation, token = sent
        ctx = {
            "invitation": invitation,
            "place": place,
            "link": invitation_link(token),
            "posted": _post(invitation, token),
        }
        return render(request, "alliance/invited.html", ctx)
    return form_page(
        request,
        form,
        title=_("Invite someone"),
        kicker=place,
        back=place,
        button=_("Send the invitation"),
        lead=_("They get a letter with a link that works once, for two weeks, and choose their own password."),
    )


def _post(invitation, token):
    """Whether the mail server took the letter; if not, the link can be handed over in another way."""
    try:
        send_invitation(invitation, token)
    except OSError:
        return False
    return True


@require_POST
@login_required
def withdraw(request, code):
    invitation = get_for(request.user, Invitation.objects, to="alliance.manage_invitation", code=code)
    try:
        withdraw_invitation(invitation, acting_user=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    return redirect(invitation.place)


@never_cache
def invitation(request, token):
    """The page behind the link. Opening it uses nothing up: mail scanners open links too."""
    found = Invitation.objects.filter(token_hash=hash_token(token)).select_related("hospital", "alliance", "invited_by")
    invitation = found.first()
    ctx = {"invitation": invitation, "state": _state(request, invitation)}
    if ctx["state"] == "new":
        form = ctx["form"] = JoinForm(request.POST or None, initial={"name": invitation.name})
        if request.POST and (person := form.saved(invitation=invitation, language=get_language())):
            return _welcome(request, person)
    if ctx["state"] == "mine" and request.POST:
        accept_invitation(invitation, acting_user=request.user)
        return redirect(invitation.place)
    status = {"unknown": 404, "accepted": 410, "withdrawn": 410, "expired": 410, "other": 403}
    return render(
        request, "alliance/invitation.html", ctx, status=status.get(ctx["state"], 422 if request.POST else 200)
    )


def _state(request, invitation):
    """Which of the stories this link is at."""
    if invitation is None:
        return "unknown"
    if invitation.state != "open":
        return invitation.state
    if request.user.is_authenticated:
        return "mine" if request.user.email == invitation.email else "other"
    return "sign_in" if Person.objects.filter(email=invitation.email).exists() else "new"


def _welcome(request, person):
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    messages.success(request, _("Welcome. Protect your account with a passkey or an authenticator app as well."))
    return redirect("mfa_index" if not settings.DEMO else "today")
