from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from glisson.alliance.domain.queries.person import with_roles_in_words
from glisson.alliance.models import Person


@require_http_methods(["GET", "POST"])
def sign_in(request):
    """One click to be one of the demo's invented people; without demo mode there is no such page."""
    if not settings.DEMO:
        raise Http404
    people = Person.objects.filter(invented=True, is_active=True).order_by("name")
    if request.method == "GET":
        return render(request, "web/demo_sign_in.html", {"people": with_roles_in_words(people)})
    person = get_object_or_404(people, code=request.POST.get("person", ""))
    # An invented address can get no letter to prove itself with, and passkeys ask for a proven one.
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    target = request.POST.get("next", "")
    return redirect(target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else "today")
