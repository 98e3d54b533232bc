from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from glisson.alliance.models.term import within_term
from glisson.core.codes import CodeField
from glisson.core.enums import Theme
from glisson.core.models import Named


class People(models.QuerySet["Person"]):
    def visible_to(self, user: Any) -> "People":
        """Colleagues of the alliances one belongs to, of one's own hospitals, and oneself."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        current = within_term(prefix="appointments__")
        in_alliance = Q(appointments__alliance__in=user.alliances())
        in_hospital = Q(appointments__hospital__in=user.hospitals_seen())
        seen = self.model.objects.filter(current & (in_alliance | in_hospital)).values("pk")
        return self.filter(Q(pk=user.pk) | Q(pk__in=seen))


class PersonManager(BaseUserManager.from_queryset(People)):
    def create_user(self, email, password=None, **values):
        person = self.model(email=email.strip().lower(), **values)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email, password=None, **values):
        return self.create_user(email, password, is_superuser=True, **{"name": email} | values)

    def get_by_natural_key(self, email):
        return self.get(email=email.strip().lower())


class Person(Named, AbstractBaseUser, PermissionsMixin):
    """Someone with an account; what they may do follows from their appointments."""

    code = CodeField()
    email = models.EmailField(_("e-mail"), unique=True)
    orcid = models.CharField(
        "ORCID",
        max_length=19,
        blank=True,
        validators=[RegexValidator(r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$", _("Write an ORCID as 0000-0002-1825-0097."))],
    )
    speaks = models.JSONField(_("languages spoken"), default=list, blank=True)
    language = models.CharField(_("language of the pages"), max_length=10, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    theme = models.CharField(_("colours"), max_length=5, choices=Theme.choices, default=Theme.SYSTEM, blank=True)
    invented = models.BooleanField(default=False)  # of the demo: may be signed in as by one click, in demo mode only
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_in_lower_case")]

    def get_absolute_url(self):
        return reverse("alliance:person", args=[self.code])

    def alliances(self):
        """The alliances this person belongs to today, by an office of their own or through a hospital."""
        from glisson.alliance.models.alliance import Alliance  # noqa: PLC0415 - the two know each other

        return Alliance.objects.visible_to(self)

    def hospitals_seen(self):
        from glisson.alliance.models.hospital import Hospital  # noqa: PLC0415 - the two know each other

        return Hospital.objects.visible_to(self)

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return str(self)
