from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet

from glisson.alliance.models import Appointment, Person


def with_roles_in_words(people: QuerySet[Person]) -> list[Person]:
    """People with ``does``: what they are and where, in one line."""
    held = Appointment.objects.current().select_related("hospital", "alliance").order_by("-alliance", "role")
    found: list[Any] = list(people.prefetch_related(Prefetch("appointments", held, to_attr="held")))
    for person in found:
        person.does = " · ".join(f"{post.get_role_display()}, {post.place}" for post in person.held)
    return found
