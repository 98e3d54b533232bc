"""What waits for a person: each with one button, and nothing that is not theirs to do."""

from dataclasses import dataclass

from allauth.mfa.utils import is_mfa_enabled
from django.urls import reverse
from django.utils.translation import gettext as _

from glisson.theatre.domain.queries.live_case import with_all
from glisson.theatre.enums import Status
from glisson.theatre.models import LiveCase

LOOKED_AT = 12
SHOWN = 5


@dataclass(frozen=True)
class Waiting:
    """One thing to do: about what, in which words, where, and where the button leads."""

    title: str
    words: str
    where: str
    button: str
    url: str


def waiting_for(person):
    """The few things to do next, the most urgent first."""
    ahead = [Status.LIVE, Status.CLEARED, Status.CONSENTED, Status.PROPOSED]
    live_cases = with_all(LiveCase.objects.visible_to(person).filter(status__in=ahead)).order_by(
        "session__starts_at", "pk"
    )
    found = [one for one in (_of_live_case(person, live_case) for live_case in live_cases[:LOOKED_AT]) if one]
    found.sort(key=lambda one: one.order)
    things = [one.thing for one in found[:SHOWN]]
    if not person.invented and not is_mfa_enabled(person):
        words = _("A stolen password is then not enough.")
        things.append(Waiting(_("Protect your account"), words, "", _("Add a passkey"), reverse("mfa_index")))
    return things


@dataclass(frozen=True)
class _Found:
    order: int
    thing: Waiting


def _of_live_case(person, live_case):
    page, desk = live_case.get_absolute_url(), reverse("theatre:technician", args=[live_case.code])
    order, permission, words, button, url = {
        Status.LIVE: (0, "theatre.run_feeds", _("The theatre is live."), _("Look after the feeds"), desk),
        Status.CLEARED: (
            1,
            "theatre.run_feeds",
            _("Cleared; the theatre is not open yet."),
            _("Prepare the feeds"),
            desk,
        ),
        Status.CONSENTED: (2, "theatre.clear_live_case", _("The consent is confirmed."), _("Look and clear"), page),
        Status.PROPOSED: (3, "theatre.confirm_consent", _("Proposed for a meeting."), _("Confirm the consent"), page),
    }[Status(live_case.status)]
    if not person.has_perm(permission, live_case):
        return None
    return _Found(order, Waiting(live_case.case.title, words, str(live_case.case.hospital), button, url))
