"""``glisson worker``: the jobs."""

from __future__ import annotations

import click

from glisson.web.cli.django import start_django


@click.command()
def command() -> None:
    start_django()
    from glisson.core.jobs import run_worker

    run_worker()
