"""Speaking to the live process: tell it the roster, ask it about recordings. It may be away at any time."""

from http import HTTPStatus
from typing import Any

import httpx

from glisson.core.config import config
from glisson.streaming.rights import shared_secret

TIMEOUT = httpx.Timeout(1.5, connect=0.5)
"""Seconds. A page waits for it, so it is short; the reconciling job comes back later."""


class LiveProcessAway(Exception):
    """It did not answer; the text says how, for the log and the technician's page."""


class RosterOutdated(Exception):
    """The live process already knows a newer roster."""

    def __init__(self, version: int) -> None:
        super().__init__(f"The live process knows roster {version}.")
        self.version = version


def put_roster(document: dict[str, Any]) -> int:
    """Hand over a whole roster; returns the version the live process now has."""
    answer = _ask("PUT", "/live/control/roster", json=document)
    if answer.status_code == HTTPStatus.CONFLICT:
        raise RosterOutdated(int(_object(answer).get("version", 0)))
    if answer.status_code != HTTPStatus.OK:
        raise LiveProcessAway(f"It answered {answer.status_code}: {answer.text[:200]}")
    return int(_object(answer).get("version", document["version"]))


def ask_recording(feed_code: str) -> dict[str, Any] | None:
    """What was recorded of a feed, or None when nothing was."""
    answer = _ask("GET", f"/live/control/recordings/{feed_code}")
    if answer.status_code == HTTPStatus.NOT_FOUND:
        return None
    if answer.status_code != HTTPStatus.OK:
        raise LiveProcessAway(f"It answered {answer.status_code}: {answer.text[:200]}")
    return _object(answer)


def control_url() -> str:
    """Where the live process listens."""
    return config().live_control_url


def _ask(method: str, path: str, **keywords: Any) -> httpx.Response:
    secret = shared_secret(config().secrets_folder, "live-control").decode()
    try:
        # Always direct: a proxy of the environment must not see the roster's secrets.
        with httpx.Client(base_url=control_url(), timeout=TIMEOUT, trust_env=False) as client:
            return client.request(method, path, headers={"Authorization": f"Bearer {secret}"}, **keywords)
    except httpx.HTTPError as error:
        raise LiveProcessAway(f"{type(error).__name__}: {error}") from error


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        document = answer.json()
    except ValueError as error:
        raise LiveProcessAway("It answered something that is not JSON.") from error
    return document if isinstance(document, dict) else {}
