"""``glisson serve``: web, live and worker under one supervisor."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterable

import click

from glisson.web.cli.supervisor import Child, Supervisor


def child(name: str, *arguments: str) -> Child:
    """One of our own commands as a process to keep running."""
    return Child(name, [sys.executable, "-m", "glisson.web.cli", *arguments], {"PYTHONUNBUFFERED": "1"})


def keep_running(*more: Child) -> None:
    """Supervise an installation's processes until told to stop."""
    asyncio.run(Supervisor([child("live", "live"), child("web", "web"), child("worker", "worker"), *more]).run())


def prepare_database() -> None:
    """Migrate in a process of its own, so that the supervisor stays small for the weeks it runs."""
    import subprocess

    done = subprocess.run([sys.executable, "-m", "glisson.web.cli", "migrate"], env=os.environ, check=False)
    if done.returncode:
        sys.exit("glisson: the database could not be brought to this version; nothing was started.")


def announce(lines: Iterable[str]) -> None:
    """Print what a person needs to know before the log begins."""
    sys.stdout.write("\n" + "\n".join(lines) + "\n\n")
    sys.stdout.flush()


@click.command()
def command() -> None:
    from glisson.core.config import config

    prepare_database()
    here = config()
    announce(
        [f"Glisson is at {here.web_url}", f"Encoders publish to {here.rtmp_url}", f"Everything is kept in {here.data}"]
    )
    keep_running()
