"""``glisson demo``: the demo alliance with a meeting that is live right now."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import click

from glisson.web.cli.serve import announce, child, keep_running

PEOPLE = (
    ("Alice", "chairs the alliance and runs its office"),
    ("Bob", "operates and records consent"),
    ("Chen", "is a trainee and watches"),
    ("Dina", "is outside and sees nothing of this alliance"),
    ("Eva", "is the theatre's technician"),
    ("Farid", "watches from a member hospital"),
    ("Grace", "directs and moderates"),
)


@click.command()
@click.option("--load-only", is_flag=True, help="Load the invented people, hospitals and meeting; start nothing.")
@click.option("--rehearsal/--no-rehearsal", default=True, help="Publish the two synthetic feeds.")
def command(load_only: bool, rehearsal: bool) -> None:
    """Run the demo alliance: invented people and hospitals, and a meeting that is live on two synthetic feeds."""
    os.environ.setdefault("GLISSON_DEMO", "1")
    if load_only:
        click.echo(json.dumps(load()))
        return
    done = subprocess.run(
        [sys.executable, "-m", "glisson.web.cli", "demo", "--load-only"], stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit("glisson: the demo could not be loaded; nothing was started.")
    addresses = json.loads(done.stdout.splitlines()[-1])

    from glisson.core.config import config

    announce(
        [
            f"Glisson's demo alliance is at {config().web_url}",
            "Everybody in it is invented. Sign in with one click as",
            *(f"  {name:<6} who {does}" for name, does in PEOPLE),
            "Ctrl+C ends it.",
        ]
    )
    keep_running(*([child("rehearsal", "rehearse", *addresses)] if rehearsal else []))


def load() -> list[str]:
    """Migrate and load the demo; return the addresses its two rehearsal feeds publish to."""
    from glisson.web.cli.django import run_django, start_django

    run_django("migrate", "--no-input", "--verbosity", "0")
    start_django()
    from glisson.web.demo import demo_feed_urls, load_demo

    load_demo()
    return list(demo_feed_urls())
