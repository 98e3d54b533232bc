"""Public names of things: short codes people read aloud, and long ids nobody can guess."""

import secrets
from typing import Any

from django.db import models

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ3789"
"""No letter or figure that can be taken for another on a projector or over the telephone."""

ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
CODE_LENGTH = 8
ID_LENGTH = 20
"""20 of 36 signs are 103 bits."""


def new_code() -> str:
    """A code for addresses; access is always checked as well."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def new_id() -> str:
    """An id for media paths: unguessable, lower case, fit for every file system and cache."""
    return "".join(secrets.choice(ID_ALPHABET) for _ in range(ID_LENGTH))


class CodeField(models.CharField):  # type: ignore[type-arg]  # not generic when it runs
    """The public code of a row."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 12, "unique": True, "editable": False, "default": new_code} | options)


class MediaIdField(models.CharField):  # type: ignore[type-arg]  # as above
    """The unguessable id of a feed, a group of feeds or an asset."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 32, "unique": True, "editable": False, "default": new_id} | options)
