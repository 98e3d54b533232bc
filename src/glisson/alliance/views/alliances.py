from django.contrib.auth.decorators import login_required
from django.shortcuts import render

from glisson.alliance.models import Alliance
from glisson.core.access import get_for


@login_required
def alliance(request, code):
    alliance = get_for(request.user, Alliance.objects, code=code)
    return render(request, "alliance/alliance.html", {"alliance": alliance})
