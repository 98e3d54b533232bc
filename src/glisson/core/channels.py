"""Who may listen to which channel: each app says so for the prefix of its own channels.

A channel is named ``<prefix>:<code>``; ``register("live", may_follow)`` in the app's ``ready()`` makes
``may_follow(user, code)`` decide for ``live:…``. A prefix nobody registered has no listeners.
"""

from collections.abc import Callable
from typing import Any

MayListen = Callable[[Any, str], bool]

_rules: dict[str, MayListen] = {}


def register(prefix: str, may_listen: MayListen) -> None:
    if ":" in prefix or _rules.get(prefix, may_listen) is not may_listen:
        raise ValueError(f"The channel prefix “{prefix}” is taken or holds a colon.")
    _rules[prefix] = may_listen


def may_listen(user: Any, channel: str) -> bool:
    prefix, _, code = channel.partition(":")
    rule = _rules.get(prefix)
    return bool(rule and code and rule(user, code))
