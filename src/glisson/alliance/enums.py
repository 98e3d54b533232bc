from django.db import models
from django.utils.translation import gettext_lazy as _


class Tier(models.TextChoices):
    CHAIR = "chair", _("chair hospital")
    VICE_CHAIR = "vice_chair", _("vice-chair hospital")
    MEMBER = "member", _("member hospital")
    OBSERVER = "observer", _("observer")


class Role(models.TextChoices):
    # in an alliance
    CHAIR = "chair", _("chair")
    OFFICE = "office", _("alliance office")
    DIRECTOR = "director", _("director and moderator")
    FACULTY = "faculty", _("faculty")
    # in a hospital
    SURGEON = "surgeon", _("surgeon")
    TRAINEE = "trainee", _("trainee")
    TECHNICIAN = "technician", _("theatre technician")
    NURSE = "nurse", _("nurse")
    ANAESTHETIST = "anaesthetist", _("anaesthetist")
    COORDINATOR = "coordinator", _("hospital coordinator")


ALLIANCE_ROLES = [Role.CHAIR, Role.OFFICE, Role.DIRECTOR, Role.FACULTY]
HOSPITAL_ROLES = [
    Role.SURGEON,
    Role.TRAINEE,
    Role.TECHNICIAN,
    Role.NURSE,
    Role.ANAESTHETIST,
    Role.COORDINATOR,
]
