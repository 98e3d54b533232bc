from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from glisson.alliance.forms import PersonForm
from glisson.alliance.models import Appointment, Person
from glisson.core.access import get_for
from glisson.core.views.form_page import form_page
from glisson.core.views.reader import keep_choices


@login_required
def person(request, code):
    person = get_for(request.user, Person.objects, code=code)
    appointments = Appointment.objects.visible_to(request.user).filter(person=person)
    ctx = {
        "person": person,
        "is_me": person == request.user,
        "spoken": ", ".join(name for code, name in settings.LANGUAGES if code in person.speaks),
        "appointments": appointments.select_related("hospital", "alliance"),
    }
    return render(request, "alliance/person.html", ctx)


@login_required
def edit_person(request, code):
    person = get_for(request.user, Person.objects, to="alliance.edit_person", code=code)
    fields = ("name", "names", "orcid", "speaks", "language", "time_zone", "theme")
    form = PersonForm(request.POST or None, initial={name: getattr(person, name) for name in fields})
    if request.POST and form.saved(person=person, acting_user=request.user):
        messages.success(request, _("Kept."))
        return keep_choices(redirect(person), theme=person.theme, language=person.language)
    return form_page(request, form, title=_("My page"), back=person)
