from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from glisson.alliance.domain.alliance import found_alliance
from glisson.alliance.domain.appointment import appoint
from glisson.alliance.enums import Role
from glisson.alliance.models import Alliance, Person
from glisson.core.domain.log import facts, log


@transaction.atomic
def found_with_office(*, alliance: str, name: str, email: str, password: str) -> tuple[Alliance, Person]:
    """An alliance and the first person of its office, who invites everybody else.

    The one verb without an acting user: whoever may run commands on the server is trusted with it.
    """
    founded = found_alliance(acting_user=None, name=alliance.strip())
    person = Person(name=name.strip(), email=email.strip().lower())
    validate_password(password, person)
    person.set_password(password)
    person.full_clean()
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    log(person, "person.joined", acting_user=None, after=facts(person, "name", "email"))
    appoint(person, role=Role.OFFICE, alliance=founded, acting_user=None)
    return founded, person
