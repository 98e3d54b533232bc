from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from glisson.core.enums import Theme
from glisson.core.views.reader import THEME_COOKIE

PLACES = [
    ("meetings:meetings", "calendar-days", _("Meetings")),
    ("surgery:cases", "clipboard-list", _("Cases")),
    ("alliance:alliances", "building-2", _("Alliance")),
]


def page(request):
    """What the frame around every page needs; nothing here asks the database."""
    chosen = request.COOKIES.get(THEME_COOKIE)
    person = getattr(request, "user", None)
    signed_in = person is not None and person.is_authenticated
    if chosen not in Theme.values and signed_in:
        chosen = person.theme
    return {
        "theme": chosen if chosen in Theme.values else "",
        "demo": settings.DEMO,
        "languages": [
            {"code": code, "name": name, "bidi": get_language_info(code)["bidi"]} for code, name in settings.LANGUAGES
        ],
        "nav": _places(request.path) if signed_in else [],
    }


def _places(here):
    found = []
    for name, icon, title in PLACES:
        try:
            url = reverse(name)
        except NoReverseMatch:  # an installation may leave an app out
            continue
        found.append({"url": url, "icon": icon, "title": title, "here": here.startswith(url)})
    return found
