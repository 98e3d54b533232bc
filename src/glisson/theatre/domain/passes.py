"""Passes: what a person may watch on the live process, signed for ten minutes."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from glisson.alliance.models import Person
from glisson.core.config import config
from glisson.core.domain.log import log
from glisson.streaming.rights import PASS_SECONDS, PUBLISH, Pass, shared_secret, sign_pass
from glisson.surgery.enums import Scope
from glisson.theatre.domain.queries.live_case import is_kept
from glisson.theatre.domain.refusal import TheatreRefused
from glisson.theatre.domain.roster import push_roster_on_commit, viewer_code
from glisson.theatre.models import LiveCase, ViewingRevocation


@dataclass(frozen=True)
class SignedPass:
    """A pass, and the text the browser carries."""

    text: str
    viewer_pass: Pass

    @property
    def path(self) -> str:
        """The only addresses the browser sends it to."""
        return f"/live/v/{self.viewer_pass.group}/"


def scopes_of(person: Person, live_case: LiveCase, *, at: datetime | None = None) -> frozenset[str]:
    """What a person who may see the live case may do with its pictures now; empty when nothing.

    - everyone who sees the live case: watch while it is live under consent, replay what was closed under consent;
    - those who run the theatre: preview, health, and publishing to every feed from a browser;
    - download: under consent to record and to teach, for those who run the theatre, the surgeon and faculty.
    """
    if live_case.revocations.filter(person=person).exists():
        return frozenset()
    consents = live_case.case.consent_scopes(at)
    scopes: set[str] = set()
    if live_case.is_live and Scope.LIVE in consents:
        scopes.add("watch")
    # A recording that was taken down stays down, even if another consent is recorded later.
    closed = live_case.is_over or (live_case.is_live and any(is_kept(feed) for feed in live_case.feeds.all()))
    playable = closed and Scope.RECORD in consents and not taken_down(live_case)
    if playable:
        scopes.add("replay")
    if playable and Scope.TEACH in consents and person.has_perm("theatre.download", live_case):
        scopes.add("download")
    if person.has_perm("theatre.run_feeds", live_case) and not live_case.is_over:
        scopes |= {"preview", "health", *(f"{PUBLISH}{feed.code}" for feed in live_case.feeds.all())}
    return frozenset(scopes)


def taken_down(live_case: LiveCase) -> bool:
    """Whether any recording of the live case was taken down; a pass holds for the whole group of feeds."""
    return live_case.feeds.filter(recording__asset__taken_down_at__isnull=False).exists()


def issue_pass(person: Person, live_case: LiveCase, *, at: datetime | None = None) -> SignedPass | None:
    """Sign what the person may do; None when there is nothing to sign."""
    at = at or timezone.now()
    scopes = scopes_of(person, live_case, at=at)
    if not scopes:
        return None
    viewer_pass = Pass(
        viewer=viewer_code(person),
        group=live_case.group,
        scopes=scopes,
        epoch=live_case.pass_epoch(at),
        expires=int(at.timestamp()) + PASS_SECONDS,
    )
    secret = shared_secret(config().secrets_folder, "live-signing")
    return SignedPass(sign_pass(secret, viewer_pass), viewer_pass)


@transaction.atomic
def revoke_viewing(person: Person, live_case: LiveCase, *, reason: str, acting_user: Person) -> ViewingRevocation:
    """From now on this person sees nothing of the live case; the picture stops within a part."""
    if person == acting_user:
        raise TheatreRefused(_("You cannot remove yourself."))
    if not reason.strip():
        raise TheatreRefused(_("Say why, for the log."))
    revocation, is_new = ViewingRevocation.objects.get_or_create(
        live_case=live_case,
        person=person,
        defaults={"reason": reason.strip(), "revoked_at": timezone.now(), "revoked_by": acting_user},
    )
    if is_new:
        log(
            live_case, "viewing.revoked", acting_user=acting_user, after={"person": person.pk, "reason": reason.strip()}
        )
        push_roster_on_commit()
    return revocation
