"""Every URL against every role, in one table; a URL that has no row fails."""

from importlib import import_module
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, get_resolver, reverse

from tests.access.rows import ROLES

FILES = sorted(path.stem for path in (Path(__file__).parent.parent / "access").glob("*.py"))
ROWS = [row for stem in FILES if stem not in {"__init__", "rows"} for row in import_module(f"tests.access.{stem}").ROWS]


class World:
    """The fixtures, by name, made when they are asked for."""

    def __init__(self, request):
        self._request = request

    def __getattr__(self, name):
        return self._request.getfixturevalue(name)


def names(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}", str(pattern.pattern)
        else:
            yield from names(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)


def test_every_url_has_a_name_and_a_row():
    found = list(names(get_resolver()))
    assert [route for name, route in found if name.endswith("None")] == []
    without_row = {name for name, _ in found} - {row.name for row in ROWS}
    without_url = {row.name for row in ROWS} - {name for name, _ in found}
    assert (without_row, without_url) == (set(), set())


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_role_gets_what_the_table_says(row, request, db):
    world = World(request)
    people = {role: None if role == "anonymous" else getattr(world, role) for role in ROLES}
    address = reverse(row.name, args=row.args(world))
    got = {}
    for role, person in people.items():
        # What one role changes is undone before the next one tries.
        with transaction.atomic(), override_settings(**row.settings):
            client = Client(raise_request_exception=False)
            if person:
                client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
            got[role] = getattr(client, row.method)(address, row.data(world)).status_code
            transaction.set_rollback(True)
    assert got == {role: row.expected(role) for role in ROLES}
