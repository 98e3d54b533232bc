"""What every test stands on: a data folder of its own, and the seven invented people of the personas."""

import os
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

# A run never touches the data of an installation on this machine. (Workers of one run each get a folder.)
DATA = Path(tempfile.mkdtemp(prefix="glisson-tests-"))
os.environ["GLISSON_DATA"] = str(DATA)
for variable in ("GLISSON_DEMO", "GLISSON_DEBUG", "GLISSON_PUBLIC_URL", "GLISSON_LIVE_URL", "GLISSON_REDIS_URL"):
    os.environ.pop(variable, None)

from hypothesis import settings as hypothesis_settings  # noqa: E402

from glisson.core.config import config  # noqa: E402

# A landing does not depend on luck: there the examples are the same each time, here they are new ones.
hypothesis_settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis_settings.load_profile("ci")

config.cache_clear()
settings.MEDIA_ROOT = config().media_folder
settings.DEMO = False
settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # argon2 is slow on purpose
if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, since threads and async views need connections of their own to the same rows.
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(DATA / "test.sqlite3")

pytest_plugins = ["tests.factories.personas", "tests.factories.theatre"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """After all migrations the database still guards log and terms; tests that clear tables need the log's lowered."""
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                guards = {name for (name,) in cursor.fetchall()}
                assert guards >= {"log_never_changes", "log_never_shrinks"}
                assert guards >= {"terms_apart_on_insert", "terms_apart_on_update"}
                cursor.execute("DROP TRIGGER log_never_shrinks")
        connection.close()


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Rate limits of one test do not reach the next."""
    cache.clear()
