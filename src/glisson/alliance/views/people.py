from django.contrib.auth.decorators import login_required
from django.shortcuts import render

from glisson.alliance.models import Person
from glisson.core.access import get_for


@login_required
def person(request, code):
    person = get_for(request.user, Person.objects, code=code)
    return render(request, "alliance/person.html", {"person": person})
