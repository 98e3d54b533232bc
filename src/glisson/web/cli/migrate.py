"""``glisson migrate``: bring the database to this version."""

from __future__ import annotations

import click

from glisson.web.cli.django import run_django


@click.command()
def command() -> None:
    run_django("migrate", "--no-input", "--verbosity", "0")
