from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render

from glisson.core.access import get_for
from glisson.surgery.forms import ConsentForm
from glisson.surgery.models import Case


@login_required
def new_consent(request, code):
    case = get_for(request.user, Case.objects.select_related("hospital"), to="surgery.record_consent", code=code)
    form = ConsentForm(request.POST or None)
    if form.is_valid() and form.save(case, acting_user=request.user):
        return redirect(case)
    ctx = {"case": case, "form": form}
    return render(request, "surgery/consent_form.html", ctx, status=422 if form.errors else 200)
