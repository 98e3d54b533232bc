"""``glisson found``: an alliance and the first person of its office."""

from __future__ import annotations

import click

from glisson.web.cli.django import start_django


@click.command()
@click.option("--alliance", prompt="Name of the alliance")
@click.option("--name", prompt="Your name")
@click.option("--email", prompt="Your e-mail")
@click.option("--password", prompt="A password of ten characters or more", hide_input=True, confirmation_prompt=True)
def command(alliance: str, name: str, email: str, password: str) -> None:
    """Found an alliance and its office; that person signs in and invites everybody else."""
    start_django()
    from django.core.exceptions import ValidationError

    from glisson.alliance.domain.founding import found_with_office
    from glisson.core.config import config

    try:
        founded, person = found_with_office(alliance=alliance, name=name, email=email, password=password)
    except ValidationError as refusal:
        raise click.ClickException(" ".join(refusal.messages) + " Nothing was founded.") from refusal
    click.echo(f"{founded} is founded. {person} signs in at {config().web_url}/accounts/login/")
