"""From a database address to Django's settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from glisson.core.config import Config, ConfigError

SQLITE_OPTIONS = {
    # Writers wait for each other instead of failing; a write transaction takes its lock when it begins, so that two
    # of them never deadlock on an upgrade.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
}


def databases(config: Config) -> dict[str, dict[str, Any]]:
    """Django's ``DATABASES`` for this configuration."""
    if not config.database_url:
        config.data.mkdir(parents=True, exist_ok=True)
        return {"default": _sqlite((config.data / "db.sqlite3").absolute())}
    parts = urlsplit(config.database_url)
    if parts.scheme == "sqlite":
        return {"default": _sqlite(Path(unquote(parts.path)))}
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": unquote(parts.path.lstrip("/")),
                "USER": unquote(parts.username or ""),
                "PASSWORD": unquote(parts.password or ""),
                "HOST": parts.hostname or "",
                "PORT": str(parts.port or ""),
                "CONN_HEALTH_CHECKS": True,
                "OPTIONS": dict(parse_qsl(parts.query)),
            }
        }
    raise ConfigError("GLISSON_DATABASE_URL must begin with postgresql:// or sqlite:///.")


def _sqlite(path: Path) -> dict[str, Any]:
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": dict(SQLITE_OPTIONS)}
