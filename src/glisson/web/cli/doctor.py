"""``glisson doctor``: is this installation well, and if not, what to mend."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator

import click

from glisson.core.config import Config, config

Finding = tuple[bool, str]
LITTLE_SPACE = 20e9
"""Bytes: about seven hours of one 6 Mbit/s feed."""


@click.command()
def command() -> None:
    """Check this installation; ends with code 1 when something has to be mended."""
    here = config()
    well = True
    for check in (folder, space, settings, programs, database, log, live):
        for good, sentence in findings(check, here):
            well = well and good
            click.echo(f"{'ok  ' if good else 'MEND'}  {sentence}")
    sys.exit(0 if well else 1)


def findings(check: Callable[[Config], Iterator[Finding]], here: Config) -> Iterator[Finding]:
    """What a check found; one that breaks is a finding too."""
    try:
        yield from check(here)
    except Exception as trouble:
        yield False, f"{check.__name__}: {trouble}"


def folder(here: Config) -> Iterator[Finding]:
    """The data folder is there, ours, and keeps its secrets."""
    here.data.mkdir(parents=True, exist_ok=True)
    yield os.access(here.data, os.W_OK), f"The data folder is {here.data.absolute()}."
    if here.secrets_folder.exists():
        loose = [path.name for path in here.secrets_folder.iterdir() if path.stat().st_mode & 0o077]
        told = f"Others can read {', '.join(loose)}: chmod 600 them." if loose else "Secrets are readable by us alone."
        yield not loose, told


def space(here: Config) -> Iterator[Finding]:
    """There is room to record."""
    free = shutil.disk_usage(here.data).free
    yield (
        free > LITTLE_SPACE,
        f"{free / 1e9:.0f} GB are free for recordings, {free / 2.7e9:.0f} hours of one 6 Mbit/s feed.",
    )


def settings(here: Config) -> Iterator[Finding]:
    """Nothing is switched on that belongs on a developer's machine."""
    if here.demo:
        yield (
            here.web_host in {"127.0.0.1", "localhost"},
            "Demo mode is on: anyone who reaches the pages can be anyone.",
        )
    if here.debug:
        yield False, "GLISSON_DEBUG is on: errors show the inside of this installation. Switch it off."
    secure = here.https or here.web_host in {"127.0.0.1", "localhost"}
    yield (
        secure,
        f"People reach the pages at {here.web_url}" + ("." if secure else ": use HTTPS, passwords travel on it."),
    )


def programs(here: Config) -> Iterator[Finding]:
    """Optional programs: missing ones switch a feature off."""
    found = shutil.which("ffmpeg")
    yield True, "ffmpeg is installed: SRT works." if found else "ffmpeg is not installed: SRT is off, all else works."
    if here.database_url.startswith("postgres"):
        yield bool(shutil.which("pg_dump")), "pg_dump is needed for glisson backup (Debian: postgresql-client)."


def database(here: Config) -> Iterator[Finding]:
    """The database answers and is of this version."""
    from glisson.web.cli.django import start_django

    start_django()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    yield (
        not behind,
        (
            f"The database is {len(behind)} steps behind this version: glisson migrate."
            if behind
            else f"The database ({connection.vendor}) answers and is of this version."
        ),
    )


def log(here: Config) -> Iterator[Finding]:
    """Nobody changed the log."""
    from glisson.core.domain.log import verify_log

    broken = list(verify_log())
    yield from ((False, sentence) for sentence in broken)
    if not broken:
        yield True, "The log's chain is whole."


def live(here: Config) -> Iterator[Finding]:
    """The live process answers."""
    import httpx

    try:
        answer = httpx.get(f"{here.live_control_url}/live/healthz", timeout=3)
        yield answer.status_code == 200, f"The live process answers at {here.live_control_url}."
    except httpx.HTTPError as trouble:
        yield False, f"The live process does not answer at {here.live_control_url} ({trouble}): glisson serve."
