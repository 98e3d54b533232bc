from django.conf import settings
from django.utils.translation import get_language_info

from glisson.core.enums import Theme
from glisson.core.views.reader import THEME_COOKIE


def page(request):
    """What the frame around every page needs; nothing here asks the database."""
    chosen = request.COOKIES.get(THEME_COOKIE)
    person = getattr(request, "user", None)
    if chosen not in Theme.values and person is not None and person.is_authenticated:
        chosen = person.theme
    return {
        "theme": chosen if chosen in Theme.values else "",
        "demo": settings.DEMO,
        "languages": [
            {"code": code, "name": name, "bidi": get_language_info(code)["bidi"]} for code, name in settings.LANGUAGES
        ],
    }
