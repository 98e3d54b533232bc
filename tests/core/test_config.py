import subprocess
import sys
from pathlib import Path

import pytest

from glisson.core.config import Config, ConfigError, read, table
from glisson.core.database import databases


def test_every_default_works_alone():
    made = read({})
    assert (made.web_url, made.live_base(), made.rtmp_url) == (
        "http://127.0.0.1:8000",
        "http://127.0.0.1:8001",
        "rtmp://127.0.0.1/live",
    )
    assert made.hosts == ["127.0.0.1", "localhost", "[::1]"]


def test_behind_https_pictures_come_from_the_same_origin():
    made = read(
        {
            "GLISSON_PUBLIC_URL": "https://live.example.org",
            "GLISSON_RTMPS_PORT": "1936",
            "GLISSON_TLS_CERT": "c.pem",
            "GLISSON_TLS_KEY": "k.pem",
        }
    )
    assert made.https
    assert made.live_base("live.example.org") == "https://live.example.org"
    assert made.live_origins == ["https://live.example.org"]
    assert made.web_origins == ["https://live.example.org"]
    assert made.rtmps_url == "rtmps://live.example.org:1936/live"


def test_pictures_keep_the_name_the_page_was_opened_under():
    assert read({}).live_base("localhost:8000") == "http://localhost:8001"
    assert read({}).live_base("[::1]:8000") == "http://[::1]:8001"
    assert read({"GLISSON_LIVE_URL": "https://pictures.example.org/"}).live_base("x") == "https://pictures.example.org"


@pytest.mark.parametrize(
    ("variable", "text", "says"),
    [
        ("GLISSON_WEB_PORT", "eighty", "write a number from 0 to 65535"),
        ("GLISSON_WEB_PORT", "70000", "write a number from 0 to 65535"),
        ("GLISSON_DEMO", "perhaps", "write 1 or 0"),
        ("GLISSON_PUBLIC_URL", "live.example.org", "write an address without a path"),
        ("GLISSON_PUBLIC_URL", "https://live.example.org/glisson", "write an address without a path"),
        ("GLISSON_RTMPS_PORT", "1936", "RTMPS needs"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(variable, text, says):
    with pytest.raises(ConfigError, match=says):
        read({variable: text})


def test_lists_and_switches():
    made = read({"GLISSON_ALLOWED_HOSTS": "a.example, b.example", "GLISSON_DEMO": "Yes"})
    assert made.allowed_hosts == ("a.example", "b.example")
    assert made.demo is True


def test_the_signing_key_is_made_once_and_kept_to_its_owner(tmp_path):
    first, second = Config(data=tmp_path).signing_key, Config(data=tmp_path).signing_key
    assert first == second
    assert (tmp_path / "secrets" / "web-signing").stat().st_mode & 0o777 == 0o600
    assert Config(data=tmp_path, secret_key="given").signing_key == "given"


def test_the_table_names_every_variable():
    assert table().count("\n| `GLISSON_") == len(Config.__dataclass_fields__)


def test_the_configuration_imports_no_django():
    code = "import sys, glisson.core.config; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_databases(tmp_path):
    found = databases(Config(data=tmp_path))["default"]
    assert found["ENGINE"] == "django.db.backends.sqlite3"
    assert Path(found["NAME"]) == (tmp_path / "db.sqlite3").absolute()
    found = databases(Config(database_url="postgresql://u:p%40ss@db:5433/glisson?sslmode=require"))["default"]
    assert [found[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        "glisson",
        "u",
        "p@ss",
        "db",
        "5433",
    ]
    assert found["OPTIONS"] == {"sslmode": "require"}
    with pytest.raises(ConfigError):
        databases(Config(database_url="mysql://db/glisson"))
