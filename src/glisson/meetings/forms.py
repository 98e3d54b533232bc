"""The forms of a meeting; times are typed and read in the meeting's own zone."""

from zoneinfo import available_timezones

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from glisson.alliance.models import Alliance, Hospital, Membership
from glisson.alliance.rules import ALLIANCE_OFFICE
from glisson.meetings.domain.meeting import MeetingRefused, add_room, change_meeting, plan_meeting
from glisson.meetings.domain.session import add_session, change_session
from glisson.meetings.enums import SessionKind

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RefusableForm(forms.Form):
    """A form whose verb may refuse with a sentence."""

    def try_to(self, verb, *arguments, **keywords):
        """Call the verb; a refusal becomes the form's own sentence and the answer None."""
        try:
            return verb(*arguments, **keywords)
        except MeetingRefused as refusal:
            self.add_error(None, str(refusal))
            return None


class MeetingForm(RefusableForm):
    """What, where, when."""

    alliance = forms.ModelChoiceField(Alliance.objects.none(), label=_("Alliance"))
    title = forms.CharField(label=_("Title"), max_length=120)
    host = forms.ModelChoiceField(Hospital.objects.none(), label=_("Host hospital"))
    place = forms.CharField(
        label=_("Place"), max_length=120, help_text=_("The hall and the town, as on the invitation.")
    )
    zone = forms.CharField(
        label=_("Time zone"),
        max_length=40,
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
        help_text=_("Times of the meeting are told in this zone, for example Asia/Shanghai."),
    )
    starts_on = forms.DateField(label=_("First day"), widget=DAY)
    ends_on = forms.DateField(label=_("Last day"), widget=DAY)
    is_hybrid = forms.BooleanField(label=_("Also online"), required=False, initial=True)

    def __init__(self, *arguments, user, meeting=None, **keywords):
        self.user, self.meeting = user, meeting
        if meeting is not None:
            names = ("title", "place", "zone", "starts_on", "ends_on", "is_hybrid")
            keywords["initial"] = {name: getattr(meeting, name) for name in names} | {
                "alliance": meeting.alliance_id,
                "host": meeting.host_id,
            }
        super().__init__(*arguments, **keywords)
        offices = user.appointments.current().filter(alliance__isnull=False, role__in=ALLIANCE_OFFICE)
        alliances = Alliance.objects.filter(pk__in=offices.values("alliance"))
        if meeting is not None:
            alliances = Alliance.objects.filter(pk=meeting.alliance_id)
            self.fields["alliance"].disabled = True
        self.fields["alliance"].queryset = alliances
        members = Membership.objects.current().filter(alliance__in=alliances.values("pk"))
        self.fields["host"].queryset = Hospital.objects.filter(pk__in=members.values("hospital"))
        if len(alliances) == 1:
            self.fields["alliance"].initial = alliances[0]

    @property
    def zones(self):
        """Names of zones to choose from."""
        return sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix")))

    def save(self):
        """Plan the meeting, or change the one the form was made for."""
        data = dict(self.cleaned_data)
        alliance = data.pop("alliance")
        if self.meeting is None:
            return self.try_to(plan_meeting, alliance, acting_user=self.user, **data)
        return self.try_to(change_meeting, self.meeting, acting_user=self.user, **data)


class RoomForm(RefusableForm):
    """A hall or a theatre."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("For example “Main hall” or “Theatre 2”."))

    def save(self, meeting, *, acting_user):
        """Add the room."""
        return self.try_to(add_room, meeting, acting_user=acting_user, **self.cleaned_data)


class SessionForm(RefusableForm):
    """One line of the timetable."""

    kind = forms.ChoiceField(label=_("Kind"), choices=SessionKind.choices, initial=SessionKind.LIVE_CASE)
    title = forms.CharField(label=_("Title"), max_length=160)
    room = forms.ModelChoiceField(None, label=_("Room"), required=False, empty_label=_("No room"))
    starts_at = forms.DateTimeField(
        label=_("Starts"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    ends_at = forms.DateTimeField(
        label=_("Ends"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )

    def __init__(self, *arguments, meeting, session=None, **keywords):
        self.meeting, self.session = meeting, session
        if session is not None:
            keywords["initial"] = {
                "kind": session.kind,
                "title": session.title,
                "room": session.room_id,
                # Without a zone, so that nobody turns them into the reader's time again.
                "starts_at": session.starts_at.astimezone(meeting.zoneinfo).replace(tzinfo=None),
                "ends_at": session.ends_at.astimezone(meeting.zoneinfo).replace(tzinfo=None),
            }
        super().__init__(*arguments, **keywords)
        self.fields["room"].queryset = meeting.rooms.all()
        for name in ("starts_at", "ends_at"):
            self.fields[name].help_text = _("Time at the meeting (%(zone)s).") % {"zone": meeting.zone}

    def full_clean(self):
        """Read typed times in the meeting's zone, whatever the reader's own is."""
        with timezone.override(self.meeting.zoneinfo):
            super().full_clean()

    def save(self, *, acting_user):
        """Add the session, or change the one the form was made for."""
        if self.session is None:
            return self.try_to(add_session, self.meeting, acting_user=acting_user, **self.cleaned_data)
        return self.try_to(change_session, self.session, acting_user=acting_user, **self.cleaned_data)
