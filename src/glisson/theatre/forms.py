"""The forms of a live case and its feeds."""

from django import forms
from django.utils.translation import gettext_lazy as _

from glisson.alliance.models import Person
from glisson.surgery.models import Case
from glisson.theatre.domain.feed import change_feed, create_feed
from glisson.theatre.domain.live_case import propose_live_case
from glisson.theatre.domain.passes import revoke_viewing
from glisson.theatre.domain.refusal import TheatreRefused
from glisson.theatre.enums import Angle


class RefusableForm(forms.Form):
    """A form whose verb may refuse with a sentence."""

    def try_to(self, verb, *arguments, **keywords):
        """Call the verb; a refusal becomes the form's own sentence and the answer None."""
        try:
            return verb(*arguments, **keywords)
        except TheatreRefused as refusal:
            self.add_error(None, str(refusal))
            return None


class CaseChoice(forms.ModelChoiceField):
    """A case by its day and operation."""

    def label_from_instance(self, case):
        return f"{case.operated_on:%Y-%m-%d} · {case.title} · {case.hospital} ({case.code})"


class ProposalForm(RefusableForm):
    """Which case is shown in a session."""

    case = CaseChoice(
        Case.objects.none(),
        label=_("Case"),
        empty_label=_("Choose a case"),
        help_text=_("The case is entered first, with its surgeon and the patient's consent."),
    )

    def __init__(self, *arguments, user, session, **keywords):
        self.user, self.session = user, session
        super().__init__(*arguments, **keywords)
        meeting = session.meeting
        members = meeting.alliance.memberships.current().values("hospital")
        self.fields["case"].queryset = (
            Case.objects.visible_to(user)
            .filter(hospital__in=members)
            .exclude(live_cases__session=session)
            .select_related("hospital")
            .prefetch_related("team__person", "consents")
            .order_by("-operated_on", "-pk")
        )

    def save(self):
        """Propose it."""
        return self.try_to(propose_live_case, self.session, self.cleaned_data["case"], acting_user=self.user)


class FeedForm(RefusableForm):
    """What a feed shows and how its picture comes in."""

    angle = forms.ChoiceField(label=_("Angle"), choices=Angle.choices)
    title = forms.CharField(
        label=_("Title"),
        max_length=80,
        required=False,
        help_text=_("What viewers read under the picture. Empty: the angle."),
    )
    record = forms.BooleanField(
        label=_("Record while on air"),
        required=False,
        initial=True,
        help_text=_("Only done while the patient's consent to recording is in force."),
    )
    pull_url = forms.RegexField(
        r"(?i)^(rtsps?|https?|rtmps?)://\S+$",
        label=_("Fetch the picture from"),
        required=False,
        max_length=300,
        error_messages={"invalid": _("Write an address that begins with rtsp://, http://, https:// or rtmp://.")},
        help_text=_("Only for recorders that cannot send: their RTSP, HTTP or HLS address. Empty for everything else."),
    )
    srt_port = forms.IntegerField(
        label=_("SRT port"),
        required=False,
        min_value=1024,
        max_value=65535,
        help_text=_("UDP port on which this server waits for an SRT encoder. Empty when SRT is not used."),
    )
    srt_passphrase = forms.CharField(
        label=_("SRT passphrase"),
        required=False,
        min_length=10,
        max_length=79,
        help_text=_("10 to 79 characters, the same in the encoder."),
    )

    def __init__(self, *arguments, user, live_case, feed=None, **keywords):
        self.user, self.live_case, self.feed = user, live_case, feed
        if feed is not None:
            names = ("angle", "title", "record", "pull_url", "srt_port", "srt_passphrase")
            keywords["initial"] = {name: getattr(feed, name) for name in names}
        super().__init__(*arguments, **keywords)

    def clean(self):
        """A passphrase belongs to a port."""
        data = super().clean()
        if data.get("srt_passphrase") and not data.get("srt_port"):
            self.add_error("srt_port", _("Give the port as well, or leave both empty."))
        return data

    def save(self):
        """Make the feed, or change the one the form was made for."""
        if self.feed is None:
            return self.try_to(create_feed, self.live_case, acting_user=self.user, **self.cleaned_data)
        return self.try_to(change_feed, self.feed, acting_user=self.user, **self.cleaned_data)


class RevocationForm(RefusableForm):
    """Whose viewing ends, and why."""

    person = forms.ModelChoiceField(Person.objects.none(), label=_("Person"), empty_label=_("Choose a person"))
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Kept in the log."))

    def __init__(self, *arguments, user, live_case, **keywords):
        self.user, self.live_case = user, live_case
        super().__init__(*arguments, **keywords)
        self.fields["person"].queryset = (
            Person.objects.visible_to(user).exclude(pk=user.pk).exclude(pk__in=live_case.revocations.values("person"))
        )

    def save(self):
        """Revoke it."""
        data = self.cleaned_data
        return self.try_to(revoke_viewing, data["person"], self.live_case, reason=data["reason"], acting_user=self.user)
