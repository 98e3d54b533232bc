from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils import timezone, translation
from django.utils.deprecation import MiddlewareMixin

from glisson.core.config import config


class BehindProxies(MiddlewareMixin):
    """Believe what trusted proxies say about the visitor's address and scheme, and nobody else."""

    def process_request(self, request):
        proxies = config().proxies
        if not proxies:
            return
        chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        if len(chain) >= proxies:
            request.META["REMOTE_ADDR"] = chain[-proxies]
        if request.META.get("HTTP_X_FORWARDED_PROTO", "").split(",")[-1].strip() == "https":
            request.META["wsgi.url_scheme"] = "https"
            if hasattr(request, "_scheme"):
                request.scope = {**request.scope, "scheme": "https"}


class ReadersOwnWay(MiddlewareMixin):
    """A signed-in reader's language and time zone, unless a choice in this browser says otherwise."""

    def process_request(self, request):
        person = request.user
        zone = getattr(person, "time_zone", "") if person.is_authenticated else ""
        try:
            timezone.activate(ZoneInfo(zone or settings.TIME_ZONE))
        except (ZoneInfoNotFoundError, ValueError):
            timezone.deactivate()
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if person.is_authenticated and person.language and not chosen:
            translation.activate(person.language)
            request.LANGUAGE_CODE = translation.get_language()
