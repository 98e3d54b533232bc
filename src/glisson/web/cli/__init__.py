"""The ``glisson`` command for operators.

Each command imports what it needs when it is called: the live process must not wait for Django.
"""

from __future__ import annotations

import sys
from importlib import import_module

import click

COMMANDS = {
    "serve": "Run the web, live and worker processes, and restart the one that dies.",
    "live": "Run the live process alone.",
    "web": "Run the web process alone.",
    "worker": "Run the worker process alone.",
    "demo": "Run the demo alliance with a meeting that is live right now.",
    "rehearse": "Publish a synthetic operation to feeds, as an encoder would.",
    "migrate": "Bring the database to this version.",
    "found": "Found an alliance and the first person of its office.",
    "backup": "Write database, secrets and recordings into one archive.",
    "restore": "Read such an archive back into an empty data folder.",
    "doctor": "Check this installation and say what to mend.",
    "manage": "Django's own commands.",
}


class Commands(click.Group):
    """Finds each command in the module of its name."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"glisson.web.cli.{name}").command
        command.help = command.help or COMMANDS[name]
        command.short_help = COMMANDS[name]
        return command


@click.group(cls=Commands)
@click.version_option(package_name="glisson")
def glisson() -> None:
    """The open, self-hosted system that laparoscopic liver surgery alliances run on."""


def main() -> None:
    """Run the command; what cannot be configured is one sentence, not a traceback."""
    from glisson.core.config import ConfigError

    try:
        glisson()
    except ConfigError as error:
        sys.exit(f"glisson: {error}")
