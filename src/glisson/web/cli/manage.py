"""``glisson manage``: Django's own commands."""

from __future__ import annotations

import click

from glisson.web.cli.django import run_django


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    run_django(*arguments)
