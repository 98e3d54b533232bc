from django.contrib.auth.decorators import login_required
from django.shortcuts import render

from glisson.alliance.models import Hospital
from glisson.core.access import get_for


@login_required
def hospital(request, code):
    hospital = get_for(request.user, Hospital.objects, code=code)
    return render(request, "alliance/hospital.html", {"hospital": hospital})
