from django.shortcuts import render
from django.utils.translation import gettext as _


def form_page(request, form, *, title, back, kicker="", lead="", button="", danger=False):
    """One form on a page of its own; a form with mistakes answers 422."""
    ctx = {"form": form, "title": title, "back": back, "kicker": kicker, "lead": lead, "danger": danger}
    ctx["button"] = button or (_("Do it") if danger else _("Keep"))
    return render(request, "form_page.html", ctx, status=422 if form.is_bound else 200)
