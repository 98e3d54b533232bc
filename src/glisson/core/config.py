"""The configuration: environment variables under ``GLISSON_``, read in this one typed place.

``python -m glisson.core.config`` prints the table for the operator's page. Nothing here imports Django: the live
process reads the same configuration and must start when the web cannot.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from glisson.streaming.rights import shared_secret

TRUE = {"1", "true", "yes", "on"}
HERE = Path("var")
FALSE = {"0", "false", "no", "off", ""}


class ConfigError(ValueError):
    """A variable holds something that cannot be used; the text says which and what to write instead."""


def setting(default: object, help_text: str, *, shown: str | None = None) -> Any:
    """A field of the configuration with the sentence that explains it in the docs."""
    return field(default=default, metadata={"help": help_text, "shown": shown})


@dataclass(frozen=True, slots=True)
class Config:
    """Everything an installation can set; each has a default that works on one machine."""

    data: Path = setting(  # noqa: RUF009 - a path is never changed
        HERE, "Folder of everything Glisson keeps: database, recordings, secrets, jobs."
    )
    secret_key: str = setting(
        "", "Key that signs sessions and links. Empty: made on the first start and kept in `secrets/web-signing`."
    )
    database_url: str = setting(
        "",
        "`postgresql://user:password@host:5432/name` or `sqlite:///path`; `DATABASE_URL` is read too. "
        "Empty: SQLite in the data folder.",
    )
    redis_url: str = setting(
        "", "`redis://host:6379/0`: events and jobs go through Redis. Empty: through the database."
    )
    host: str = setting("127.0.0.1", "Address the web process listens on.")
    web_port: int = setting(8000, "Port of the pages.")
    live_host: str = setting("", "Address the live process listens on for viewers.", shown="`GLISSON_HOST`")
    live_port: int = setting(8001, "Port of the pictures (HTTP and WebSocket).")
    rtmp_host: str = setting("", "Address encoders reach; `0.0.0.0` for every interface.", shown="`GLISSON_HOST`")
    rtmp_port: int = setting(1935, "Port for RTMP encoders; 0 turns it off.")
    rtmps_port: int = setting(0, "Port for RTMPS encoders (needs the TLS files); 0 turns it off.")
    rtmp_public: str = setting(
        "", "Host name (and port) that technicians type into their encoder.", shown="host of the public URL"
    )
    public_url: str = setting(
        "",
        "Address people type, without a path. With `https://` cookies are secure and HSTS is sent.",
        shown="`http://127.0.0.1:<web port>`",
    )
    live_url: str = setting(
        "",
        "Address of the pictures, without a path, when it is not derived.",
        shown="the public URL when it is https, else its host with the live port",
    )
    allowed_hosts: tuple[str, ...] = setting(
        (), "More host names the pages answer to, separated by commas.", shown="the public URL's host and this machine"
    )
    csrf_origins: tuple[str, ...] = setting(
        (), "More origins forms may come from, such as `https://live.example.org`.", shown="the public URL"
    )
    proxies: int = setting(
        0,
        "How many trusted proxies stand in front of the web; with 1 or more, `X-Forwarded-*` is believed.",
    )
    tls_cert: str = setting("", "PEM file with the certificate for RTMPS.")
    tls_key: str = setting("", "PEM file with the key for RTMPS.")
    email_url: str = setting(
        "", "`smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`. Empty: letters are printed in the log."
    )
    email_from: str = setting("Glisson <glisson@localhost>", "Sender of every letter.")
    demo: bool = setting(False, "Demo mode: one-click sign-in as invented people, said loudly on every page.")
    debug: bool = setting(False, "Django's debug pages; never where anyone else can reach them.")
    time_zone: str = setting("UTC", "IANA zone for times when a person or a meeting has none.")
    log_level: str = setting("INFO", "How much is written to the log: DEBUG, INFO, WARNING or ERROR.")

    # ---- where things lie

    @property
    def secrets_folder(self) -> Path:
        return self.data / "secrets"

    @property
    def recordings_folder(self) -> Path:
        return self.data / "recordings"

    @property
    def live_folder(self) -> Path:
        return self.data / "live"

    @property
    def media_folder(self) -> Path:
        return self.data / "media"

    @property
    def jobs_file(self) -> Path:
        return self.data / "jobs.sqlite3"

    # ---- what follows from them

    @property
    def signing_key(self) -> str:
        """The web's own secret; the live process has others."""
        return self.secret_key or shared_secret(self.secrets_folder, "web-signing").decode()

    @property
    def web_url(self) -> str:
        return (self.public_url or f"http://{_name(self.host)}:{self.web_port}").rstrip("/")

    @property
    def https(self) -> bool:
        return self.web_url.startswith("https://")

    @property
    def web_host(self) -> str:
        return urlsplit(self.web_url).hostname or "127.0.0.1"

    @property
    def hosts(self) -> list[str]:
        """Names the web answers to."""
        names = [self.web_host, "localhost", "127.0.0.1", "[::1]", *self.allowed_hosts]
        return list(dict.fromkeys(names))

    @property
    def web_origins(self) -> list[str]:
        """Origins whose pages may read from the live process."""
        own = [self.web_url, *self.csrf_origins]
        if not self.https:
            own += [f"http://{host}:{self.web_port}" for host in self.hosts if "*" not in host]
        return list(dict.fromkeys(own))

    def live_base(self, host: str = "") -> str:
        """Origin of the pictures for a page opened under ``host`` (a host name, with or without its port).

        Cookies are shared between ports of one name but not between names, so the derived address keeps the name.
        """
        if self.live_url:
            return self.live_url.rstrip("/")
        if self.https:
            return self.web_url
        name = urlsplit(f"//{host}").hostname if host else self.web_host
        name = f"[{name}]" if name and ":" in name else name
        return f"http://{name}:{self.live_port}"

    @property
    def live_origins(self) -> list[str]:
        """Every origin the pictures may come from, as the content security policy can name them (it has no IPv6)."""
        named = [host for host in self.hosts if "*" not in host and not host.startswith("[")]
        return list(dict.fromkeys(self.live_base(host) for host in named))

    @property
    def live_control_url(self) -> str:
        """Where the web process itself reaches the live process: always direct, never through the proxy."""
        return f"http://{_name(self.live_host or self.host)}:{self.live_port}"

    @property
    def rtmp_url(self) -> str:
        """What technicians type as the server; the stream key goes into a field of its own."""
        where = self.rtmp_public or (self.web_host if self.rtmp_port == 1935 else f"{self.web_host}:{self.rtmp_port}")
        return f"rtmp://{where}/live"

    @property
    def rtmps_url(self) -> str:
        if not self.rtmps_port:
            return ""
        name = urlsplit(f"//{self.rtmp_public}").hostname if self.rtmp_public else self.web_host
        return f"rtmps://{name}:{self.rtmps_port}/live"


def _name(host: str) -> str:
    """A listening address as one can call it."""
    if host in {"", "0.0.0.0"}:  # noqa: S104 - compared, not listened on
        return "127.0.0.1"
    return f"[{'::1' if host == '::' else host}]" if ":" in host else host


def read(environment: Mapping[str, str]) -> Config:
    """The configuration in an environment; a variable that cannot be read is refused with a sentence."""
    values: dict[str, Any] = {}
    for item in fields(Config):
        text = environment.get(f"GLISSON_{item.name.upper()}")
        if text is None and item.name == "database_url":
            text = environment.get("DATABASE_URL")
        if text is not None:
            values[item.name] = _parse(item, text.strip())
    made = Config(**values)
    _check(made)
    return made


def _parse(item: Field[Any], text: str) -> object:
    variable = f"GLISSON_{item.name.upper()}"
    match item.type:
        case "bool":
            if text.lower() not in TRUE | FALSE:
                raise ConfigError(f"{variable} is “{text}”; write 1 or 0.")
            return text.lower() in TRUE
        case "int":
            if not text.isdecimal() or int(text) > 65535:
                raise ConfigError(f"{variable} is “{text}”; write a number from 0 to 65535.")
            return int(text)
        case "Path":
            return Path(text).expanduser()
        case "tuple[str, ...]":
            return tuple(part.strip() for part in text.split(",") if part.strip())
    return text


def _check(made: Config) -> None:
    for variable, url in (("GLISSON_PUBLIC_URL", made.public_url), ("GLISSON_LIVE_URL", made.live_url)):
        parts = urlsplit(url)
        if url and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/")):
            raise ConfigError(
                f"{variable} is “{url}”; write an address without a path, such as https://live.example.org."
            )
    if bool(made.tls_cert) != bool(made.tls_key) or (made.rtmps_port and not made.tls_cert):
        raise ConfigError("RTMPS needs GLISSON_RTMPS_PORT, GLISSON_TLS_CERT and GLISSON_TLS_KEY together.")
    if made.demo and made.https and not _is_loopback(made.web_host):
        # The demo's people have no passwords: anyone who reaches the page becomes the chair.
        sys.stderr.write(
            "Warning: demo mode is on at a public address; never keep anything real in this installation.\n"
        )


def _is_loopback(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


@cache
def config() -> Config:
    """The configuration of this process, read once."""
    return read(os.environ)


def table() -> str:
    """The configuration as a Markdown table, for the operator's page."""
    lines = ["| Variable | Default | Meaning |", "|---|---|---|"]
    for item in fields(Config):
        default = item.metadata["shown"] or _shown(item.default)
        lines.append(f"| `GLISSON_{item.name.upper()}` | {default} | {item.metadata['help']} |")
    return "\n".join(lines)


def _shown(value: object) -> str:
    if value in ("", ()):
        return "empty"
    return f"`{int(value)}`" if isinstance(value, bool) else f"`{value}`"


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
