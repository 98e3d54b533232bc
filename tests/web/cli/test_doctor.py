from glisson.core.config import read
from glisson.web.cli import doctor


def sentences(check, **environment):
    return list(doctor.findings(check, read(environment)))


def test_demo_mode_at_a_public_address_has_to_be_mended():
    found = sentences(doctor.settings, GLISSON_DEMO="1", GLISSON_PUBLIC_URL="https://live.example.org")
    assert (False, "Demo mode is on: anyone who reaches the pages can be anyone.") in found


def test_plain_http_at_a_public_address_has_to_be_mended():
    (finding,) = sentences(doctor.settings, GLISSON_PUBLIC_URL="http://live.example.org")
    assert finding == (False, "People reach the pages at http://live.example.org: use HTTPS, passwords travel on it.")


def test_secrets_that_others_can_read_are_named(tmp_path):
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "live-signing").write_text("x")
    (secrets / "live-signing").chmod(0o644)
    assert (False, "Others can read live-signing: chmod 600 them.") in sentences(
        doctor.folder, GLISSON_DATA=str(tmp_path)
    )


def test_a_live_process_that_does_not_answer_is_found(tmp_path):
    (finding,) = sentences(doctor.live, GLISSON_LIVE_PORT="1")
    assert finding[0] is False
    assert "does not answer" in finding[1]


def test_a_check_that_breaks_is_a_finding_itself():
    def broken(here):
        raise OSError("the moon is down")
        yield

    assert sentences(broken) == [(False, "broken: the moon is down")]
