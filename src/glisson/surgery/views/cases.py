from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from glisson.core.access import get_for
from glisson.surgery.domain.queries.case import with_all
from glisson.surgery.forms import CaseForm, OperationForm
from glisson.surgery.lives import lives_of
from glisson.surgery.models import Case
from glisson.surgery.naming import describe_operation


@login_required
def cases(request):
    """Every case the reader may see, newest first."""
    found = with_all(Case.objects.visible_to(request.user))[:200]
    may_enter = request.user.has_perm("surgery.enter_case")
    return render(request, "surgery/cases.html", {"cases": found, "may_enter": may_enter})


@login_required
def case(request, code):
    """The heart: one operation and its five lives."""
    found = get_for(request.user, with_all(Case.objects), code=code)
    ctx = {
        "case": found,
        "operation": describe_operation(found.operation),
        "lives": lives_of(found, request.user),
        "may_change": request.user.has_perm("surgery.change_case", found),
        "may_consent": request.user.has_perm("surgery.record_consent", found),
        "may_withdraw": any(request.user.has_perm("surgery.withdraw_consent", one) for one in found.consents.all()[:1]),
    }
    return render(request, "surgery/case.html", ctx)


@login_required
@permission_required("surgery.enter_case", raise_exception=True)
def new_case(request):
    form = CaseForm(request.POST or None, user=request.user)
    if form.is_valid() and (made := form.save()):
        return redirect(made)
    ctx = {"form": form, "title": _("Enter a case"), "button": _("Enter the case")}
    return render(request, "surgery/case_form.html", ctx, status=422 if form.errors else 200)


@login_required
def edit_case(request, code):
    found = get_for(request.user, Case.objects.select_related("hospital"), to="surgery.change_case", code=code)
    form = CaseForm(request.POST or None, user=request.user, case=found)
    if form.is_valid() and (changed := form.save()):
        return redirect(changed)
    ctx = {"form": form, "case": found, "title": _("Change the case"), "button": _("Save the changes")}
    ctx["operation"] = describe_operation(found.operation)
    return render(request, "surgery/case_form.html", ctx, status=422 if form.errors else 200)


@login_required
def derived_name(request):
    """What the ticked segments are called, while the form is being filled in."""
    form = OperationForm(request.GET)
    named = describe_operation(form.cleaned_data["operation"]) if form.is_valid() else None
    return render(request, "surgery/case_form.html#derived", {"operation": named})
