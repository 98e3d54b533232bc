from django.conf import settings
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from glisson.alliance.domain.person import change_settings
from glisson.core.enums import Theme
from glisson.core.views.reader import keep_choices


@require_POST
def switch_theme(request):
    """Light, dark or as the device."""
    theme = request.POST.get("theme", "")
    if theme not in Theme.values:
        return _back(request)
    if request.user.is_authenticated:
        change_settings(request.user, theme=theme, acting_user=request.user)
    return keep_choices(_back(request), theme=theme)


@require_POST
def switch_language(request):
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return _back(request)
    if request.user.is_authenticated:
        change_settings(request.user, language=language, acting_user=request.user)
    return keep_choices(_back(request), language=language)


def _back(request):
    """To the page the switch was on, never to another site."""
    target = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if ours else "today")
