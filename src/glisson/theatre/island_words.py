"""The sentences of the islands in the reader's language, from the table their build writes."""

import json
from functools import lru_cache

from django.contrib.staticfiles import finders
from django.utils.translation import gettext


def island_words() -> dict[str, str]:
    """Every sentence by its name; an island falls back to English for those that are missing."""
    return {name: gettext(english) for name, english in _english().items()}


@lru_cache
def _english() -> dict[str, str]:
    path = finders.find("islands/words.json")
    if not path:
        return {}
    with open(path, encoding="utf-8") as file:
        words: dict[str, str] = json.load(file)
    return words
