"""``glisson restore``: read an archive of ``glisson backup`` back."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click

from glisson.core.config import Config, config
from glisson.web.cli.backup import FOLDERS, engine, postgres_environment, sqlite_file


@click.command()
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def command(archive: Path) -> None:
    """Read ARCHIVE into an empty data folder. Stop the installation first."""
    here = config()
    refuse_to_overwrite(here)
    with tarfile.open(archive) as tar:
        about = _about(tar, archive)
        if about["engine"] != engine(here):
            raise click.ClickException(
                f"The archive holds a {about['engine']} database, GLISSON_DATABASE_URL names {engine(here)}. "
                "Nothing was changed."
            )
        draft = here.data / ".restoring"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        tar.extractall(draft, filter="data")  # refuses paths that lead out of the folder
    _put_in_place(here, draft)
    click.echo(f"Restored from {archive}. Now: glisson migrate, then glisson doctor.")


def refuse_to_overwrite(here: Config) -> None:
    """A restore never mixes two installations."""
    taken = [name for name in (*FOLDERS, "db.sqlite3") if (here.data / name).exists()]
    if taken:
        raise click.ClickException(
            f"{here.data} already holds {', '.join(taken)}. Set GLISSON_DATA to an empty folder; nothing was changed."
        )


def _about(tar: tarfile.TarFile, archive: Path) -> dict[str, str]:
    try:
        file = tar.extractfile("glisson.json")
        about: dict[str, str] = json.load(file) if file else {}
    except (KeyError, json.JSONDecodeError) as error:
        raise click.ClickException(f"{archive} is not an archive made by glisson backup.") from error
    return about


def _put_in_place(here: Config, draft: Path) -> None:
    if engine(here) == "postgresql":
        subprocess.run(
            [
                "pg_restore",
                "--no-owner",
                "--exit-on-error",
                "--dbname=" + unquote(urlsplit(here.database_url).path.lstrip("/")),
                str(draft / "database"),
            ],
            env=postgres_environment(here),
            check=True,
        )
    else:
        shutil.move(draft / "database", sqlite_file(here))
    for name in FOLDERS:
        if (draft / name).exists():
            shutil.move(draft / name, here.data / name)
    shutil.rmtree(draft)
