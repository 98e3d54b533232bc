"""Pages of the accounts package: for those who sign in, and for those who have signed in."""

from tests.access.rows import row

IN = {"anonymous": 302, "others": 200}  # pages about one's own account
AWAY = {"anonymous": 200, "others": 302}  # pages for those who are not signed in yet
CONFIRM = {"others": 302}  # first signs in, or shows once more who one is

ROWS = [
    row("account_login", **AWAY),
    row("account_confirm_login_code", others=302),
    row("account_logout", method="post", others=302),
    row("account_signup", anonymous=200, others=302),
    row("account_inactive", others=200),
    row("account_change_password", **IN),
    row("account_set_password", others=302),
    row("account_email", **IN),
    row("account_email_verification_sent", others=200),
    row("account_confirm_email", lambda world: ["not-a-key"], others=200),
    row("account_reset_password", others=200),
    row("account_reset_password_done", others=200),
    row("account_reset_password_from_key", lambda world: ["0", "not-a-key"], others=200),
    row("account_reset_password_from_key_done", others=200),
    row("account_reauthenticate", **IN),
    row("mfa_index", **IN),
    row("mfa_authenticate", others=302),
    row("mfa_reauthenticate", others=302),
    row("mfa_activate_totp", **CONFIRM),
    row("mfa_deactivate_totp", anonymous=302, others=404),
    row("mfa_view_recovery_codes", anonymous=302, others=404),
    row("mfa_generate_recovery_codes", **CONFIRM),
    row("mfa_download_recovery_codes", anonymous=302, others=404),
    row("mfa_list_webauthn", **IN),
    row("mfa_add_webauthn", **CONFIRM),
    row("mfa_edit_webauthn", lambda world: [1], **CONFIRM),
    row("mfa_remove_webauthn", lambda world: [1], **CONFIRM),
    row("mfa_reauthenticate_webauthn", **CONFIRM),
    row("mfa_login_webauthn", others=302),
]
