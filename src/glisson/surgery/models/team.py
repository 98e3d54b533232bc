from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from glisson.surgery.enums import Role
from glisson.surgery.models.case import Case


class TeamRole(models.Model):
    """Who did what in the theatre."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="team", verbose_name=_("case"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="team_roles", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)

    class Meta:
        verbose_name = _("team role")
        verbose_name_plural = _("team roles")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "person", "role"], name="team_role_once"),
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(role=Role.SURGEON), name="one_operating_surgeon_a_case"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.person}"
