"""Starts Django for the commands that need it."""

from __future__ import annotations

import os


def start_django() -> None:
    """Load the settings and the apps."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "glisson.web.settings")
    import django

    django.setup()


def run_django(*arguments: str) -> None:
    """Run one of Django's commands, as `manage.py` would."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "glisson.web.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["glisson manage", *arguments])
