from django.contrib.auth.decorators import login_required
from django.shortcuts import render


@login_required
def today(request):
    """Three things only: what is on, what waits for me, my cases."""
    return render(request, "web/today.html", {"alliances": request.user.alliances()})
