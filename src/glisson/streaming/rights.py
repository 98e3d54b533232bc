"""Viewer passes: the web signs them, the live process verifies them; neither asks the other."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

COOKIE = "glisson_pass"
"""Name of the HttpOnly cookie that carries a pass; its path is ``/live/v/<group>/``."""

PASS_SECONDS = 600
"""How long a pass lives; the page renews it every three minutes."""

PLAIN_SCOPES = frozenset({"watch", "preview", "replay", "download", "health"})
PUBLISH = "publish:"
MAX_PASS_TEXT = 3000
"""Longer texts are not looked at: a cookie cannot hold more than 4,096 bytes anyway."""

_CODE = re.compile(r"[a-z0-9]{1,64}")
_VIEWER = re.compile(r"[A-Za-z0-9_.:@+-]{1,128}")


class PassInvalid(Exception):
    """The text is no pass of ours, or was tampered with."""


class PassExpired(PassInvalid):
    """The pass was ours, but its time is over; the page has to renew it."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What one viewer may do in one group of feeds, and until when.

    Parameters
    ----------
    viewer : str
        The viewer's name in the roster's revocation list; an opaque code, never a person's name.
    group : str
        The group of feeds (one live case) the pass is for.
    scopes : frozenset of str
        Out of ``watch``, ``preview``, ``replay``, ``download``, ``health`` and ``publish:<feed id>``.
    epoch : int
        The group's epoch; raising it in the roster ends every older pass at once.
    expires : int
        Unix seconds.
    """

    viewer: str
    group: str
    scopes: frozenset[str]
    epoch: int
    expires: int


def sign_pass(secret: bytes, viewer_pass: Pass) -> str:
    """Write a pass as url-safe text, signed with HMAC-SHA256.

    Parameters
    ----------
    secret : bytes
        The shared signing secret (``shared_secret(folder, "live-signing")``).
    viewer_pass : Pass
        The rights to write down.

    Returns
    -------
    str
        ``<base64url payload>.<base64url signature>``, fit for a cookie or an ``Authorization: Bearer`` header.

    Raises
    ------
    ValueError
        When the pass holds a scope, group or viewer that no live process would accept.
    """
    _check(viewer_pass)
    payload = json.dumps(
        {
            "v": viewer_pass.viewer,
            "g": viewer_pass.group,
            "s": sorted(viewer_pass.scopes),
            "e": viewer_pass.epoch,
            "x": viewer_pass.expires,
        },
        separators=(",", ":"),
    ).encode()
    text = _encode(payload)
    return f"{text}.{_signature(secret, text)}"


def verify_pass(secret: bytes, text: str, *, now: float) -> Pass:
    """Read a pass back, if it is ours and its time is not over.

    Parameters
    ----------
    secret : bytes
        The shared signing secret.
    text : str
        What came in the cookie or the header.
    now : float
        Unix seconds.

    Returns
    -------
    Pass
        The rights. Epoch and revocation are the roster's to judge, not judged here.

    Raises
    ------
    PassExpired
        When its time is over.
    PassInvalid
        When it was not signed with this secret or is malformed.
    """
    payload, dot, signature = text.partition(".")
    if not dot or len(text) > MAX_PASS_TEXT or not text.isascii():
        raise PassInvalid("This is not a viewer pass.")
    if not hmac.compare_digest(_signature(secret, payload), signature):
        raise PassInvalid("The viewer pass is not signed by this installation.")
    viewer_pass = _read(payload)
    if now >= viewer_pass.expires:
        raise PassExpired("The viewer pass has expired.")
    return viewer_pass


def shared_secret(folder: Path, name: str) -> bytes:
    """Read a secret that web and live process share, making it (mode 0600) when it is not there yet.

    Parameters
    ----------
    folder : Path
        ``<data>/secrets``.
    name : str
        ``live-signing`` or ``live-control``.

    Returns
    -------
    bytes
        At least 32 random bytes, written in url-safe characters.

    Raises
    ------
    ValueError
        When the file holds too little to be a secret.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    if not path.exists():
        _make_secret(path)
    secret = path.read_bytes().strip()
    if len(secret) < 32:
        raise ValueError(f"The secret in {path} is too short; delete the file and restart to make a new one.")
    return secret


def _make_secret(path: Path) -> None:
    """Both processes may come first at once: the file appears whole, and the first one wins."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, secrets.token_urlsafe(48).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _check(viewer_pass: Pass) -> None:
    for scope in viewer_pass.scopes:
        if scope not in PLAIN_SCOPES and not (scope.startswith(PUBLISH) and _CODE.fullmatch(scope[len(PUBLISH) :])):
            raise ValueError(f"Unknown scope {scope!r} in a viewer pass.")
    if not _CODE.fullmatch(viewer_pass.group):
        raise ValueError(f"A group is a code of [a-z0-9], not {viewer_pass.group!r}.")
    if not _VIEWER.fullmatch(viewer_pass.viewer):
        raise ValueError(f"A viewer is a short opaque code, not {viewer_pass.viewer!r}.")


def _read(payload: str) -> Pass:
    try:
        fields = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        viewer_pass = Pass(
            viewer=str(fields["v"]),
            group=str(fields["g"]),
            scopes=frozenset(str(scope) for scope in fields["s"]),
            epoch=int(fields["e"]),
            expires=int(fields["x"]),
        )
        _check(viewer_pass)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise PassInvalid("The viewer pass cannot be read.") from error
    return viewer_pass


def _signature(secret: bytes, payload: str) -> str:
    return _encode(hmac.digest(secret, b"glisson pass 1\n" + payload.encode(), hashlib.sha256))


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
