from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation
from django.utils.deprecation import MiddlewareMixin

from glisson.core.config import config


class BehindProxies(MiddlewareMixin):
    """The visitor's address as the nearest trusted proxy saw it; what comes before in the header is hearsay."""

    def process_request(self, request):
        proxies = config().proxies
        chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        if proxies and len(chain) >= proxies:
            request.META["REMOTE_ADDR"] = chain[-proxies]


class CompressPages(GZipMiddleware):
    """Pages are light on a poor line; streams of events must not wait in a compressor."""

    def process_response(self, request, response):
        return response if response.streaming else super().process_response(request, response)


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
