"""``glisson live``: the pictures. Imports no Django, asks no database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from glisson.core.config import Config, config

if TYPE_CHECKING:
    from glisson.streaming.settings import LiveSettings


def live_settings(here: Config) -> LiveSettings:
    """What the live process is told, out of the installation's configuration."""
    from glisson.streaming.rights import shared_secret
    from glisson.streaming.settings import LiveSettings

    secure = bool(here.rtmps_port)
    return LiveSettings(
        data=here.data,
        signing_secret=shared_secret(here.secrets_folder, "live-signing"),
        control_secret=shared_secret(here.secrets_folder, "live-control"),
        host=here.live_host or here.host,
        port=here.live_port,
        rtmp_host=here.rtmp_host or here.host,
        rtmp_port=here.rtmp_port or None,
        rtmps_port=here.rtmps_port if secure else None,
        rtmps_certificate=Path(here.tls_cert) if secure else None,
        rtmps_key=Path(here.tls_key) if secure else None,
        allowed_origins=frozenset(here.web_origins),
    )


@click.command()
def command() -> None:
    import logging

    from glisson.streaming.server import run

    here = config()
    logging.basicConfig(level=here.log_level, format="%(levelname)s %(name)s: %(message)s")
    run(live_settings(here))
