from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from glisson.alliance.enums import ALLIANCE_ROLES, HOSPITAL_ROLES, Role
from glisson.core.codes import CodeField


class Invitations(models.QuerySet["Invitation"]):
    def visible_to(self, user: Any) -> "Invitations":
        """Those to the alliances and hospitals one belongs to; who may act on them is a matter of rules."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(alliance__in=user.alliances()) | Q(hospital__in=user.hospitals_seen()))

    def open(self) -> "Invitations":
        """Those that can still be accepted."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=timezone.now())


class Invitation(models.Model):
    """A letter that lets one person in, once, before it expires. The link itself is kept only as a hash."""

    code = CodeField()
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language of the letter"), max_length=10, blank=True)
    hospital = models.ForeignKey(
        "alliance.Hospital", null=True, blank=True, on_delete=models.PROTECT, related_name="invitations"
    )
    alliance = models.ForeignKey(
        "alliance.Alliance", null=True, blank=True, on_delete=models.PROTECT, related_name="invitations"
    )
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = Invitations.as_manager()

    class Meta:
        ordering = ["-invited_at", "pk"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.CheckConstraint(
                condition=Q(hospital__isnull=False, alliance__isnull=True, role__in=HOSPITAL_ROLES)
                | Q(hospital__isnull=True, alliance__isnull=False, role__in=ALLIANCE_ROLES),
                name="invitation_role_fits_place",
            )
        ]

    def __str__(self):
        return f"{self.name}, {self.get_role_display()}"

    @property
    def place(self):
        return self.hospital or self.alliance

    @property
    def state(self) -> str:
        """One word: open, accepted, withdrawn or expired."""
        if self.accepted_at:
            return "accepted"
        if self.withdrawn_at:
            return "withdrawn"
        return "expired" if self.expires_at <= timezone.now() else "open"
