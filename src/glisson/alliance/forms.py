from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from glisson.alliance.domain.alliance import change_alliance
from glisson.alliance.domain.appointment import appoint, end_appointment
from glisson.alliance.domain.hospital import add_hospital, change_hospital
from glisson.alliance.domain.invitation import invite, join_by_invitation
from glisson.alliance.domain.membership import change_tier, end_membership
from glisson.alliance.domain.person import change_person
from glisson.alliance.enums import ALLIANCE_ROLES, HOSPITAL_ROLES, Tier
from glisson.alliance.models import Person
from glisson.alliance.models.term import today
from glisson.core.enums import Theme
from glisson.core.forms import VerbForm


def _zones():
    return [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC"]


def _day(**options):
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), initial=today, **options)


def _labelled(roles):
    return [(role.value, role.label) for role in roles]


class NamesForm(VerbForm):
    """A name, and the same name in other scripts."""

    name = forms.CharField(label=_("Name"), max_length=200)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        given = self.initial.get("names") or {}
        for code, language in settings.LANGUAGES:
            self.fields[f"name_{code}"] = forms.CharField(
                label=_("Name in %(language)s") % {"language": language},
                max_length=200,
                required=False,
                initial=given.get(code, ""),
                widget=forms.TextInput(attrs={"lang": code, "dir": "auto"}),
            )

    @property
    def main_fields(self):
        return [field for field in self.visible_fields() if not field.name.startswith("name_")]

    @property
    def name_fields(self):
        return [field for field in self.visible_fields() if field.name.startswith("name_")]

    def values(self):
        """The cleaned fields with the names gathered."""
        data = dict(self.cleaned_data)
        spellings = {code: data.pop(f"name_{code}").strip() for code, _language in settings.LANGUAGES}
        return data | {"names": {code: name for code, name in spellings.items() if name}}


class AllianceForm(NamesForm):
    about = forms.CharField(label=_("About the alliance"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=lazy(_zones, list))

    def save(self, alliance, *, acting_user):
        return change_alliance(alliance, acting_user=acting_user, **self.values())


class HospitalForm(NamesForm):
    country = CountryField(blank=False).formfield(label=_("Country"))
    province = forms.CharField(label=_("Province"), max_length=100, required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=lazy(_zones, list))
    ror = forms.CharField(
        label="ROR",
        max_length=9,
        required=False,
        help_text=_("The nine signs after https://ror.org/, if there is one."),
    )

    def save(self, hospital, *, acting_user):
        return change_hospital(hospital, acting_user=acting_user, **self.values())


class NewHospitalForm(HospitalForm):
    tier = forms.ChoiceField(label=_("Tier"), choices=Tier.choices, initial=Tier.MEMBER)
    starts_on = _day(label=_("Member from"))

    def save(self, alliance, *, acting_user):
        return add_hospital(alliance, acting_user=acting_user, **self.values())


class TierForm(VerbForm):
    tier = forms.ChoiceField(label=_("New tier"), choices=Tier.choices)
    starts_on = _day(label=_("From"))

    def save(self, membership, *, acting_user):
        return change_tier(membership, acting_user=acting_user, **self.cleaned_data)


class EndMembershipForm(VerbForm):
    ends_on = _day(label=_("Last day"))

    def save(self, membership, *, acting_user):
        return end_membership(membership, acting_user=acting_user, **self.cleaned_data)


class EndAppointmentForm(VerbForm):
    ends_on = _day(label=_("Last day"))

    def save(self, appointment, *, acting_user):
        return end_appointment(appointment, acting_user=acting_user, **self.cleaned_data)


class AppointForm(VerbForm):
    person = forms.ModelChoiceField(Person.objects.none(), label=_("Person"), to_field_name="code")
    role = forms.ChoiceField(label=_("Role"))
    starts_on = _day(label=_("From"))
    ends_on = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: until it is ended."),
    )

    def __init__(self, *args, people, place, **options):
        super().__init__(*args, **options)
        self.fields["person"].queryset = people
        self.fields["role"].choices = _labelled(ALLIANCE_ROLES if "alliance" in place else HOSPITAL_ROLES)
        self.place = place

    def save(self, *, acting_user):
        return appoint(**self.cleaned_data, **self.place, acting_user=acting_user)


class InviteForm(VerbForm):
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"))
    role = forms.ChoiceField(label=_("Role"))
    language = forms.ChoiceField(label=_("Language of the letter"), choices=settings.LANGUAGES)

    def __init__(self, *args, place, **options):
        super().__init__(*args, **options)
        self.fields["role"].choices = _labelled(ALLIANCE_ROLES if "alliance" in place else HOSPITAL_ROLES)
        self.place = place

    def save(self, *, acting_user):
        return invite(**self.cleaned_data, **self.place, acting_user=acting_user)


class JoinForm(VerbForm):
    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Ten characters or more; a sentence is easier to keep than a riddle."),
    )

    def save(self, invitation, *, language):
        return join_by_invitation(invitation, language=language, **self.cleaned_data)


# People speak more languages than the pages do.
SPOKEN = [
    ("ar", "العربية"),
    ("de", "Deutsch"),
    ("en", "English"),
    ("es", "Español"),
    ("fr", "Français"),
    ("hi", "हिन्दी"),
    ("id", "Bahasa Indonesia"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("pt", "Português"),
    ("ru", "Русский"),
    ("th", "ไทย"),
    ("tr", "Türkçe"),
    ("vi", "Tiếng Việt"),
    ("zh-hans", "简体中文"),
]


class PersonForm(NamesForm):
    orcid = forms.CharField(label="ORCID", max_length=19, required=False, help_text=_("Such as 0000-0002-1825-0097."))
    speaks = forms.MultipleChoiceField(
        label=_("Languages you speak"), choices=SPOKEN, required=False, widget=forms.CheckboxSelectMultiple
    )
    language = forms.ChoiceField(
        label=_("Language of the pages"), choices=[("", _("As the browser")), *settings.LANGUAGES], required=False
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=lazy(lambda: [("", _("As the installation")), *_zones()], list), required=False
    )
    theme = forms.ChoiceField(label=_("Colours"), choices=Theme.choices, required=False)

    def save(self, person, *, acting_user):
        return change_person(person, acting_user=acting_user, **self.values())
