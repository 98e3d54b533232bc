import hashlib
from functools import lru_cache

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class VersionedStatic(StaticFilesStorage):
    """Serves files where they lie; the address carries the hash of the content, so caches never show an old one."""

    def url(self, name):
        address = super().url(name)
        version = _version(name) if not settings.DEBUG else _version.__wrapped__(name)
        return f"{address}?v={version}" if version else address


@lru_cache(maxsize=2000)
def _version(name):
    path = finders.find(name)
    if not path:
        return ""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]
