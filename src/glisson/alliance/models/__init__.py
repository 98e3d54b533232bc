from glisson.alliance.models.alliance import Alliance
from glisson.alliance.models.appointment import Appointment
from glisson.alliance.models.hospital import Hospital
from glisson.alliance.models.invitation import Invitation
from glisson.alliance.models.membership import Membership
from glisson.alliance.models.person import Person

__all__ = ["Alliance", "Appointment", "Hospital", "Invitation", "Membership", "Person"]
