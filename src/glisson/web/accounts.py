from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by invitations only."""

    def is_open_for_signup(self, request):
        return False

    def populate_username(self, request, user):
        """There are no user names."""


class SecondFactorAdapter(DefaultMFAAdapter):
    def get_public_key_credential_rp_entity(self):
        """Passkeys belong to the host name of the installation."""
        return super().get_public_key_credential_rp_entity() | {"name": "Glisson"}
