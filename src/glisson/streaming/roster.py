"""The roster: what the web tells the live process about groups, feeds, keys and revoked viewers."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

FeedState = Literal["closed", "armed", "on_air"]
STATES: tuple[FeedState, ...] = ("closed", "armed", "on_air")
MAX_FEEDS = 1000
CODE = re.compile(r"[a-z0-9]{1,64}")
"""Group and feed ids: unguessable codes made by the web."""

_HASH = re.compile(r"[0-9a-f]{64}")
_PULL = re.compile(r"(rtsps?|https?|rtmps?)://\S+", re.IGNORECASE)


class RosterInvalid(Exception):
    """The roster cannot be used; the sentence names the field."""


@dataclass(frozen=True, slots=True)
class SrtEntry:
    """An SRT listener for one feed: UDP port and passphrase (10 to 79 characters, or empty for none)."""

    port: int
    passphrase: str


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One feed as the web wants it.

    Parameters
    ----------
    group : str
        The group it is shown in.
    title, angle : str
        For the technician's page and the log.
    key_sha256 : tuple of str
        SHA-256 (hex) of every stream key secret that may publish.
    state : str
        ``closed``: publishers are turned away and the recording is finished; ``armed``: scope ``preview`` sees it,
        nothing is recorded; ``on_air``: scope ``watch`` sees it.
    record, low : bool
        Record while on air; make the low and the sound-only rung.
    not_before, not_after : float or None
        Unix seconds between which a publisher is let in.
    pull : str or None
        Address to fetch the pictures from.
    srt : SrtEntry or None
        Where to listen for SRT.
    """

    group: str
    title: str = ""
    angle: str = ""
    key_sha256: tuple[str, ...] = ()
    state: FeedState = "closed"
    record: bool = True
    low: bool = True
    not_before: float | None = None
    not_after: float | None = None
    pull: str | None = None
    srt: SrtEntry | None = None

    def accepts(self, secret: str) -> bool:
        """Say whether this stream key secret may publish; takes the same time for every answer."""
        given = hashlib.sha256(secret.encode()).hexdigest()
        matches = [hmac.compare_digest(given, allowed) for allowed in self.key_sha256]
        return any(matches)


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """Whose passes no longer count: viewers (with the time their last pass ends) and epochs below ``epoch``."""

    revoked: Mapping[str, float] = field(default_factory=dict)
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class Roster:
    """All groups and feeds, as of one version."""

    version: int = 0
    groups: Mapping[str, GroupEntry] = field(default_factory=dict)
    feeds: Mapping[str, FeedEntry] = field(default_factory=dict)

    @classmethod
    def from_json(cls, document: object) -> Roster:
        """Read the shape that ``PUT /live/control/roster`` takes.

        Raises
        ------
        RosterInvalid
            With a sentence naming the field that is wrong.
        """
        top = _object(document, "the roster")
        groups = {
            _code(name, "group"): _group(name, value)
            for name, value in _object(top.get("groups", {}), "groups").items()
        }
        feeds = {
            _code(name, "feed"): _feed(name, value) for name, value in _object(top.get("feeds", {}), "feeds").items()
        }
        if len(feeds) > MAX_FEEDS:
            raise RosterInvalid(f"The roster has {len(feeds)} feeds; at most {MAX_FEEDS} are possible.")
        for name, entry in feeds.items():
            if entry.group not in groups:
                raise RosterInvalid(f"Feed {name} belongs to group {entry.group}, which the roster does not have.")
        return cls(version=_integer(top.get("version"), "version"), groups=groups, feeds=feeds)

    def to_json(self) -> dict[str, object]:
        """Return the same shape that `from_json` reads."""
        return {
            "version": self.version,
            "groups": {
                name: {"revoked": dict(group.revoked), "epoch": group.epoch} for name, group in self.groups.items()
            },
            "feeds": {name: _feed_json(entry) for name, entry in self.feeds.items()},
        }

    def save(self, path: Path) -> None:
        """Write the roster so that a power cut leaves either the old or the new one, mode 0600."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(self.to_json(), file)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @classmethod
    def load(cls, path: Path) -> Roster:
        """Read what `save` wrote; an empty roster when there is none yet.

        Raises
        ------
        RosterInvalid
            When the file is there but is no roster.
        """
        try:
            text = path.read_text()
        except FileNotFoundError:
            return cls()
        try:
            return cls.from_json(json.loads(text))
        except json.JSONDecodeError as error:
            raise RosterInvalid(f"{path} is not JSON: {error}") from error


def make_stream_key(feed: str) -> tuple[str, str]:
    """Make a new stream key for a feed.

    Returns
    -------
    tuple
        The key to give to the technician (``<feed id>-<secret>``) and the hash for the roster's ``key_sha256``.
    """
    secret = "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(24))
    return f"{feed}-{secret}", hash_key(secret)


def hash_key(secret: str) -> str:
    """SHA-256 of a stream key secret, in hex. The secret is random, so it needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def split_key(key: str) -> tuple[str, str]:
    """Split ``<feed id>-<secret>``; a text without a dash has an empty secret."""
    feed, _, secret = key.partition("-")
    return feed, secret


def _group(name: str, value: object) -> GroupEntry:
    fields = _object(value, f"group {name}")
    revoked = _object(fields.get("revoked", {}), f"revoked of group {name}")
    return GroupEntry(
        revoked={viewer: _seconds(until, f"revoked.{viewer}") for viewer, until in revoked.items()},
        epoch=_integer(fields.get("epoch", 0), f"epoch of group {name}"),
    )


def _feed(name: str, value: object) -> FeedEntry:
    fields = _object(value, f"feed {name}")
    state = fields.get("state", "closed")
    if state not in STATES:
        raise RosterInvalid(f"The state of feed {name} is one of {', '.join(STATES)}, not {state!r}.")
    hashes = fields.get("key_sha256", [])
    if not isinstance(hashes, list) or not all(isinstance(one, str) and _HASH.fullmatch(one) for one in hashes):
        raise RosterInvalid(f"key_sha256 of feed {name} is a list of SHA-256 hashes in lower-case hex.")
    return FeedEntry(
        group=_code(fields.get("group"), f"group of feed {name}"),
        title=str(fields.get("title", "")),
        angle=str(fields.get("angle", "")),
        key_sha256=tuple(hashes),
        state=state,
        record=_flag(fields.get("record", True), f"record of feed {name}"),
        low=_flag(fields.get("low", True), f"low of feed {name}"),
        not_before=_optional_seconds(fields.get("not_before"), f"not_before of feed {name}"),
        not_after=_optional_seconds(fields.get("not_after"), f"not_after of feed {name}"),
        pull=_pull(fields.get("pull"), name),
        srt=_srt(fields.get("srt"), name),
    )


def _feed_json(entry: FeedEntry) -> dict[str, object]:
    srt = entry.srt and {"port": entry.srt.port, "passphrase": entry.srt.passphrase}
    names = ("group", "title", "angle", "state", "record", "low", "not_before", "not_after", "pull")
    return {name: getattr(entry, name) for name in names} | {"key_sha256": list(entry.key_sha256), "srt": srt}


def _pull(value: object, name: str) -> str | None:
    if value is None or value == "":
        return None
    # Only network addresses: a file path would let the web read this machine's disk as a feed.
    if not isinstance(value, str) or not _PULL.fullmatch(value):
        raise RosterInvalid(f"The pull address of feed {name} has to start with rtsp://, http://, https:// or rtmp://.")
    return value


def _srt(value: object, name: str) -> SrtEntry | None:
    if value is None:
        return None
    fields = _object(value, f"srt of feed {name}")
    port = _integer(fields.get("port"), f"srt.port of feed {name}")
    passphrase = fields.get("passphrase", "")
    if not 1024 <= port <= 65535:
        raise RosterInvalid(f"The SRT port of feed {name} is between 1024 and 65535, not {port}.")
    if not isinstance(passphrase, str) or (passphrase and not 10 <= len(passphrase) <= 79):
        raise RosterInvalid(f"The SRT passphrase of feed {name} has 10 to 79 characters.")
    return SrtEntry(port, passphrase)


def _object(value: object, what: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise RosterInvalid(f"{what} is not a JSON object.")
    return value


def _code(value: object, what: str) -> str:
    if not isinstance(value, str) or not CODE.fullmatch(value):
        raise RosterInvalid(f"The {what} is a code of [a-z0-9], not {value!r}.")
    return value


def _integer(value: object, what: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise RosterInvalid(f"{what} is a whole number from 0 up, not {value!r}.")
    return value


def _flag(value: object, what: str) -> bool:
    if not isinstance(value, bool):
        raise RosterInvalid(f"{what} is true or false, not {value!r}.")
    return value


def _seconds(value: object, what: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise RosterInvalid(f"{what} is a time in Unix seconds, not {value!r}.")
    return float(value)


def _optional_seconds(value: object, what: str) -> float | None:
    return None if value is None else _seconds(value, what)
