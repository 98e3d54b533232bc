"""Style sheets, scripts and icons: served where they lie, compressed, and never out of date."""

import gzip
import hashlib
from functools import lru_cache

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise import WhiteNoise

COMPRESSED = ("text/", "application/json", "image/svg", "application/manifest")


class VersionedStatic(StaticFilesStorage):
    """The address of a file carries the hash of its content, so a cache never shows an old one."""

    def url(self, name):
        address = super().url(name)
        version = _version.__wrapped__(name) if settings.DEBUG else _version(name)
        return f"{address}?v={version}" if version else address


@lru_cache(maxsize=2000)
def _version(name):
    path = finders.find(name)
    if not path:
        return ""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


class StaticFirst:
    """In front of Django, since its middleware cannot serve files from an event loop without a thread a file."""

    def __init__(self, application):
        self.application = application
        self.files = WhiteNoise(None, max_age=settings.WHITENOISE_MAX_AGE, allow_all_origins=False)
        for finder in finders.get_finders():
            for path, storage in finder.list([]):
                self.files.add_file_to_dictionary(settings.STATIC_URL + path, storage.path(path))

    async def __call__(self, scope, receive, send):
        found = scope["type"] == "http" and self.files.files.get(scope["path"])
        if not found:
            return await self.application(scope, receive, send)
        return await self._serve(found, scope, send)

    async def _serve(self, found, scope, send):
        asked = {
            f"HTTP_{name.decode('latin1').upper().replace('-', '_')}": value.decode("latin1")
            for name, value in scope["headers"]
        }
        answer = found.get_response(scope["method"], asked)
        headers, body = dict(answer.headers), b""
        if answer.file is not None:
            with answer.file as file:
                body = await sync_to_async(file.read, thread_sensitive=False)()
        may = "gzip" in asked.get("HTTP_ACCEPT_ENCODING", "") and headers.get("Content-Type", "").startswith(COMPRESSED)
        if answer.status == 200 and may and "Content-Encoding" not in headers and len(body) > 800:
            body = await sync_to_async(_compressed, thread_sensitive=False)(body)
            headers |= {"Content-Encoding": "gzip", "Content-Length": str(len(body)), "Vary": "Accept-Encoding"}
        headers["X-Content-Type-Options"] = "nosniff"
        await send(
            {
                "type": "http.response.start",
                "status": int(answer.status),
                "headers": [(name.lower().encode("latin1"), value.encode("latin1")) for name, value in headers.items()],
            }
        )
        await send({"type": "http.response.body", "body": body if scope["method"] == "GET" else b""})


@lru_cache(maxsize=200)
def _compressed(body):
    return gzip.compress(body, 9, mtime=0)
