"""Withdrawal of consent, where pictures are shown: at once, everywhere."""

from django.db import transaction
from django.db.models import F

from glisson.alliance.models import Person
from glisson.core.domain.events import publish
from glisson.core.domain.log import log
from glisson.media.domain.asset import take_down_asset
from glisson.media.models import Asset
from glisson.surgery.domain.consent import withdraw_consent
from glisson.surgery.enums import Scope
from glisson.surgery.models import Consent
from glisson.theatre.domain.feed import close_open_feeds
from glisson.theatre.domain.roster import push_roster_on_commit
from glisson.theatre.models import LiveCase


@transaction.atomic
def withdraw_and_take_down(consent: Consent, *, acting_user: Person) -> Consent:
    """The patient takes the consent back: feeds are cut, passes die, replays stop.

    What another consent still in force covers goes on.
    """
    live_cases = list(LiveCase.objects.select_for_update().filter(case=consent.case_id).order_by("pk"))
    consent = withdraw_consent(consent, acting_user=acting_user)
    left = consent.case.consent_scopes()
    for live_case in live_cases:
        if Scope.LIVE not in left:
            close_open_feeds(live_case, acting_user=acting_user)
        if Scope.RECORD not in left:
            for asset in Asset.objects.filter(feed_recording__feed__live_case=live_case):
                take_down_asset(asset, reason="consent withdrawn", acting_user=acting_user)
        LiveCase.objects.filter(pk=live_case.pk).update(epoch=F("epoch") + 1)
        log(
            live_case,
            "live_case.consent_withdrawn",
            acting_user=acting_user,
            after={"left": [scope.value for scope in left]},
        )
        publish(live_case.channel, "consent.withdrawn", {"left": [scope.value for scope in left]})
    push_roster_on_commit()
    return consent
