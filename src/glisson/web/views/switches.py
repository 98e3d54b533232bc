from django.conf import settings
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST

from glisson.alliance.domain.person import change_settings
from glisson.core.enums import Theme

THEME_COOKIE = "glisson_theme"
A_YEAR = 365 * 24 * 3600


@require_POST
def switch_theme(request):
    """Light, dark or as the device: kept in a cookie, so that the first paint is already right."""
    theme = request.POST.get("theme", "")
    answer = _back(request)
    if theme in Theme.values:
        answer.set_cookie(THEME_COOKIE, theme, max_age=A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
        if request.user.is_authenticated:
            change_settings(request.user, theme=theme, acting_user=request.user)
    return answer


@require_POST
def switch_language(request):
    language = request.POST.get("language", "")
    answer = _back(request)
    if language in dict(settings.LANGUAGES) and check_for_language(language):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=A_YEAR,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
        if request.user.is_authenticated:
            change_settings(request.user, language=language, acting_user=request.user)
    return answer


def _back(request):
    """To the page the switch was on, never to another site."""
    target = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if ours else "today")
