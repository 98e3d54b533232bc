"""What a reader chose for this browser, kept in cookies so that the first paint is already right."""

from django.conf import settings

THEME_COOKIE = "glisson_theme"
A_YEAR = 365 * 24 * 3600


def keep_choices(answer, *, theme=None, language=None):
    """Remember the choices that were made; an empty one goes back to the device's own."""
    for name, value in ((THEME_COOKIE, theme), (settings.LANGUAGE_COOKIE_NAME, language)):
        if value:
            answer.set_cookie(name, value, max_age=A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
        elif value is not None:
            answer.delete_cookie(name)
    return answer
