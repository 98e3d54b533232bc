"""``glisson backup``: database, secrets, roster and recordings in one archive."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click

from glisson import __version__
from glisson.core.config import Config, config

FOLDERS = ("secrets", "live", "media", "recordings")


@click.command()
@click.argument("archive", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--recordings/--no-recordings", default=True, show_default=True, help="Include the recorded pictures.")
def command(archive: Path, recordings: bool) -> None:
    """Write ARCHIVE (a .tar file, readable by its owner alone). The installation may go on running."""
    here = config()
    if archive.exists():
        raise click.ClickException(f"{archive} is there already; name another file.")
    draft = archive.with_name(f".{archive.name}.part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w") as tar:
        _add_text(
            tar, "glisson.json", json.dumps({"version": __version__, "made": int(time.time()), "engine": engine(here)})
        )
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, "database")
            copy_database(here, copy)
            tar.add(copy, "database")
        for name in FOLDERS:
            if (here.data / name).exists() and (recordings or name != "recordings"):
                tar.add(here.data / name, name, filter=_without_drafts)
    draft.rename(archive)
    click.echo(f"{archive}: {archive.stat().st_size / 1e6:.1f} MB")


def engine(here: Config) -> str:
    """``sqlite`` or ``postgresql``: an archive goes back into the engine it came from."""
    return "postgresql" if here.database_url.startswith("postgres") else "sqlite"


def sqlite_file(here: Config) -> Path:
    """Where the SQLite database lies."""
    return Path(here.database_url.removeprefix("sqlite://")) if here.database_url else here.data / "db.sqlite3"


def postgres_environment(here: Config) -> dict[str, str]:
    """The connection as libpq's variables: a password in the command line could be read by everyone on the machine."""
    parts = urlsplit(here.database_url)
    values = {
        "PGHOST": parts.hostname,
        "PGPORT": parts.port and str(parts.port),
        "PGUSER": parts.username and unquote(parts.username),
        "PGPASSWORD": parts.password and unquote(parts.password),
        "PGDATABASE": unquote(parts.path.lstrip("/")),
    }
    return {**os.environ, **{name: value for name, value in values.items() if value}}


def copy_database(here: Config, target: Path) -> None:
    """A consistent copy while others write: SQLite's own backup, or pg_dump."""
    if engine(here) == "postgresql":
        if not shutil.which("pg_dump"):
            raise click.ClickException("pg_dump is missing; on Debian: apt-get install postgresql-client")
        subprocess.run(["pg_dump", "--format=custom", f"--file={target}"], env=postgres_environment(here), check=True)
        return
    if not sqlite_file(here).exists():
        raise click.ClickException(f"There is no database at {sqlite_file(here)} yet; nothing was written.")
    source, copy = sqlite3.connect(sqlite_file(here)), sqlite3.connect(target)
    try:
        source.backup(copy)
    finally:
        source.close()
        copy.close()


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(text.encode())
    entry.mtime = int(time.time())
    tar.addfile(entry, io.BytesIO(text.encode()))


def _without_drafts(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if Path(entry.name).name.startswith(".") else entry
