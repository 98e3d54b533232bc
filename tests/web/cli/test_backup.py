import os
import sqlite3
import subprocess
import sys
import tarfile

import pytest


def glisson(data, *arguments):
    environment = {**os.environ, "GLISSON_DATA": str(data), "GLISSON_DATABASE_URL": ""}
    return subprocess.run(
        [sys.executable, "-m", "glisson.web.cli", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    data = tmp_path_factory.mktemp("installed") / "var"
    assert glisson(data, "migrate").returncode == 0
    folder = data / "recordings" / "feed" / "original"
    folder.mkdir(parents=True)
    (folder / "0.m4s").write_bytes(b"part")
    return data


def tables(data):
    with sqlite3.connect(data / "db.sqlite3") as database:
        return sorted(row[0] for row in database.execute("select name from sqlite_master where type = 'table'"))


def test_what_was_backed_up_comes_back_whole(installed, tmp_path):
    archive, elsewhere = tmp_path / "glisson.tar", tmp_path / "elsewhere"

    assert glisson(installed, "backup", str(archive)).returncode == 0
    restored = glisson(elsewhere, "restore", str(archive))

    assert restored.returncode == 0, restored.stderr
    assert tables(elsewhere) == tables(installed)
    assert (elsewhere / "recordings/feed/original/0.m4s").read_bytes() == b"part"
    secrets = {path.name: path.read_bytes() for path in (installed / "secrets").iterdir()}
    assert secrets
    assert {path.name: path.read_bytes() for path in (elsewhere / "secrets").iterdir()} == secrets


def test_the_archive_holds_secrets_and_is_readable_by_its_owner_alone(installed, tmp_path):
    archive = tmp_path / "glisson.tar"
    glisson(installed, "backup", str(archive))
    assert archive.stat().st_mode & 0o777 == 0o600


def test_recordings_can_be_left_out(installed, tmp_path):
    archive = tmp_path / "small.tar"
    glisson(installed, "backup", "--no-recordings", str(archive))
    with tarfile.open(archive) as tar:
        assert not [name for name in tar.getnames() if name.startswith("recordings")]


def test_a_backup_never_overwrites_another(installed, tmp_path):
    archive = tmp_path / "glisson.tar"
    archive.write_text("last year's")
    refused = glisson(installed, "backup", str(archive))
    assert refused.returncode == 1
    assert "is there already" in refused.stderr
    assert archive.read_text() == "last year's"


def test_a_restore_never_mixes_two_installations(installed, tmp_path):
    archive = tmp_path / "glisson.tar"
    glisson(installed, "backup", str(archive))
    refused = glisson(installed, "restore", str(archive))
    assert refused.returncode == 1
    assert "already holds" in refused.stderr


def test_any_other_archive_is_refused_whole(tmp_path):
    archive, data = tmp_path / "other.tar", tmp_path / "var"
    (tmp_path / "letter").write_text("hello")
    with tarfile.open(archive, "w") as tar:
        tar.add(tmp_path / "letter", "letter")
    refused = glisson(data, "restore", str(archive))
    assert refused.returncode == 1
    assert "not an archive made by glisson backup" in refused.stderr
    assert not (data / "letter").exists()
