"""Tags every template knows without loading: components, icons and islands."""

import json
from functools import lru_cache

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from glisson.core.components import Component, register_component

register = template.Library()

COMPONENTS = [
    Component(
        "card",
        "components/card.html",
        props=("title", "quiet", "level", "id"),
        slots=("actions",),
        defaults={"level": 2},
    ),
    Component("notice", "components/notice.html", props=("level", "title"), defaults={"level": "info"}),
    Component("empty", "components/empty.html", props=("icon", "title"), slots=("actions",)),
    Component("pill", "components/pill.html", props=("level",), defaults={"level": ""}),
    Component(
        "page",
        "components/page.html",
        props=("title", "kicker", "lead"),
        slots=("actions",),
    ),
    Component("actions", "components/actions.html"),
]
for component in COMPONENTS:
    register_component(register, component)


DECORATION = mark_safe('aria-hidden="true"')
FLIPS = {"arrow-left", "arrow-right", "chevron-left", "chevron-right", "log-in", "log-out", "list", "send"}
"""Icons that point along the line of text; a right-to-left page mirrors these and no others."""


@register.simple_tag
def icon(name, label=""):
    """A Lucide icon from the sprite; without a label it is decoration and hidden from screen readers."""
    said = format_html('role="img" aria-label="{}"', label) if label else DECORATION
    flips = " icon--flips" if name in FLIPS else ""
    sprite = static("islands/icons.svg")
    return format_html('<svg class="icon{}" {}><use href="{}#{}"></use></svg>', flips, said, sprite, name)


@register.simple_tag
def island(name):
    """The module script of an island, with what it imports fetched at once."""
    chunk, imported, styles = _built(name)
    tags = format_html_join("", '<link rel="stylesheet" href="{}">', ((static(f"islands/{s}"),) for s in styles))
    tags += format_html_join("", '<link rel="modulepreload" href="{}">', ((_plain(file),) for file in imported))
    return tags + format_html('<script type="module" src="{}"></script>', _plain(chunk))


def _plain(file):
    # Modules are asked for by the name other modules import them under; that name holds a hash already.
    return f"{settings.STATIC_URL}islands/{file}"


def _built(name):
    return _read_manifest.__wrapped__(name) if settings.DEBUG else _read_manifest(name)


@lru_cache
def _read_manifest(name):
    path = finders.find("islands/manifest.json")
    if not path:
        raise template.TemplateSyntaxError("The islands are not built; run: npm --prefix frontend run build")
    with open(path, encoding="utf-8") as file:
        manifest = json.load(file)
    entry = next((item for item in manifest.values() if item.get("isEntry") and item.get("name") == name), None)
    if entry is None:
        known = ", ".join(sorted(item["name"] for item in manifest.values() if item.get("isEntry")))
        raise template.TemplateSyntaxError(f"There is no island “{name}”; there are: {known}.")
    imported = [manifest[key]["file"] for key in entry.get("imports", [])]
    return entry["file"], imported, entry.get("css", [])
