"""What the theatre tells the pages below it: its life of a case, and what it shows in a session."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from glisson.meetings.enums import SessionKind
from glisson.meetings.shows import Show, Shows
from glisson.surgery.enums import Scope
from glisson.surgery.lives import Life
from glisson.theatre.domain.queries.live_case import is_playable, with_all
from glisson.theatre.enums import Status
from glisson.theatre.models import LiveCase

LEVELS = {Status.LIVE: "live", Status.CLEARED: "accent"}


def shows_in(sessions: Iterable[Any], person: Any) -> Shows:
    """The live cases of these sessions, and where the reader may propose one."""
    sessions = list(sessions)
    by_session: dict[int, list[Show]] = {}
    for live_case in with_all(LiveCase.objects.visible_to(person).filter(session__in=sessions)):
        url = reverse(
            "theatre:replay" if live_case.is_over and is_playable(live_case) else "theatre:live", args=[live_case.code]
        )
        words = f"{live_case.case.hospital} · {live_case.get_status_display()}"
        show = Show(live_case.case.title, url, words, LEVELS.get(Status(live_case.status), ""))
        by_session.setdefault(live_case.session_id, []).append(show)
    live_sessions = [session for session in sessions if session.kind == SessionKind.LIVE_CASE]
    may_add = bool(live_sessions) and person.has_perm("theatre.propose_live_case", live_sessions[0])
    add_urls = {one.pk: reverse("theatre:propose", args=[one.code]) for one in live_sessions} if may_add else {}
    return Shows(by_session, _("Propose a live case"), add_urls)


def theatre_life(case: Any, person: Any) -> Life:
    """Where the case stands on its way to the screen."""
    live_case = with_all(LiveCase.objects.filter(case=case)).order_by("-pk").first()
    title = _("Theatre")
    if live_case is None:
        words = (
            _("Not proposed for a meeting")
            if Scope.LIVE in case.consent_scopes()
            else _("No consent to live transmission")
        )
        return Life("theatre", title, words, next_step=_("Meetings"), url=reverse("meetings:meetings"))
    state = live_case.get_status_display()
    level = LEVELS.get(Status(live_case.status), "")
    if not LiveCase.objects.visible_to(person).filter(pk=live_case.pk).exists():
        return Life("theatre", title, state, level)
    if live_case.is_over:
        if is_playable(live_case):
            url = reverse("theatre:replay", args=[live_case.code])
            return Life("theatre", title, state, level, _("Watch the replay"), url)
        return Life("theatre", title, state, level)
    if person.has_perm("theatre.run_feeds", live_case):
        url = reverse("theatre:technician", args=[live_case.code])
        return Life("theatre", title, state, level, _("To the technician's page"), url)
    return Life("theatre", title, state, level, _("To the live page"), live_case.get_absolute_url())
