from glisson.surgery.models.case import Case
from glisson.surgery.models.consent import Consent
from glisson.surgery.models.team import TeamRole

__all__ = ["Case", "Consent", "TeamRole"]
