from __future__ import annotations

from django.db.models import Case, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from glisson.alliance.enums import Tier
from glisson.alliance.models import Alliance, Membership

HEADINGS = {
    Tier.CHAIR: _("Chair hospital"),
    Tier.VICE_CHAIR: _("Vice-chair hospitals"),
    Tier.MEMBER: _("Member hospitals"),
    Tier.OBSERVER: _("Observers"),
}
RANK = Case(*(When(tier=tier, then=Value(rank)) for rank, tier in enumerate(Tier.values)))


def members_by_tier(alliance: Alliance) -> list[tuple[str, list[Membership]]]:
    """Today's members, the chair first; tiers nobody holds are left out."""
    members = alliance.memberships.current().select_related("hospital").order_by(RANK, "hospital__name")
    found: dict[str, list[Membership]] = {}
    for membership in members:
        found.setdefault(membership.tier, []).append(membership)
    return [(str(HEADINGS[Tier(tier)]), rows) for tier, rows in found.items()]


def former_members(alliance: Alliance) -> QuerySet[Membership]:
    """Terms that are over or have not begun, newest first."""
    now = alliance.memberships.current().values("pk")
    return alliance.memberships.exclude(pk__in=now).select_related("hospital").order_by("-starts_on")
