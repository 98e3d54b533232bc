"""Stream keys: made once, sealed for the technician who copies them again, hashed for the live process."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken

from glisson.core.config import config
from glisson.streaming.roster import hash_key, make_stream_key, split_key

__all__ = ["InvalidToken", "hash_of", "new_key", "seal", "unseal"]


def new_key(feed_code: str) -> tuple[str, str]:
    """A new key for a feed, and the hash the live process compares with."""
    return make_stream_key(feed_code)


def hash_of(key: str) -> str:
    """The hash the live process compares with."""
    return hash_key(split_key(key)[1])


def seal(key: str) -> str:
    """Encrypt a key with this installation's secret, so that a copy of the database opens no theatre."""
    return _cipher().encrypt(key.encode()).decode()


def unseal(sealed: str) -> str:
    """Read a sealed key back; `InvalidToken` when another installation sealed it."""
    return _cipher().decrypt(sealed.encode()).decode()


def _cipher() -> Fernet:
    secret = hmac.digest(config().signing_key.encode(), b"glisson stream keys 1", hashlib.sha256)
    return Fernet(base64.urlsafe_b64encode(secret))
