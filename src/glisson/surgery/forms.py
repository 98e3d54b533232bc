"""The forms of a case: words and ticks in, an operation and a team out."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from glisson.alliance.models import Hospital, Person
from glisson.clinical import MODULES, Operation, Segment, SegmentSet, Structure, Treatment
from glisson.surgery import enums
from glisson.surgery.domain.case import CaseRefused, change_case, enter_case
from glisson.surgery.domain.consent import ConsentRefused, record_consent
from glisson.surgery.enums import Approach, IcgUse, Role, Scope
from glisson.surgery.rules import ENTERING_POSTS


class OperationForm(forms.Form):
    """Modules, segments, vessels and ducts; also read by itself to show the derived name."""

    modules = forms.MultipleChoiceField(
        label=_("Resection and add-ons"),
        choices=[(code, enums.MODULES[code]) for code in MODULES],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("They give the operation its steps."),
    )
    segments = forms.MultipleChoiceField(
        label=_("Segments removed"),
        choices=[(segment.value, segment.value) for segment in Segment],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Tick none to take those of the resection chosen above."),
    )
    partial = forms.MultipleChoiceField(
        label=_("Of these, only in part"),
        choices=[(segment.value, segment.value) for segment in Segment],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        for structure, words in enums.STRUCTURES.items():
            self.fields[f"structure_{structure.value}"] = forms.ChoiceField(
                label=words,
                choices=[
                    ("", _("Untouched")),
                    *((treatment.value, enums.TREATMENTS[treatment]) for treatment in Treatment),
                ],
                required=False,
            )

    @property
    def segment_boxes(self):
        """For each segment its two boxes: removed, and only in part."""
        return list(zip(self["segments"], self["partial"], strict=True))

    @property
    def structure_fields(self):
        """The vessels and ducts, for the template."""
        return [self[f"structure_{structure.value}"] for structure in Structure]

    def clean(self):
        """Compose the operation; what cannot be composed is said in a sentence."""
        data = super().clean()
        if self.errors:
            return data
        try:
            data["operation"] = self._operation(data)
        except ValueError:
            self.add_error("segments", _("Tick the segments removed, or choose a resection that names them."))
        return data

    def _operation(self, data):
        modules = tuple(MODULES[code] for code in MODULES if code in data["modules"])
        partial = set(data["partial"])
        whole = set(data["segments"]) - partial
        structures = {
            structure: Treatment(data[f"structure_{structure.value}"])
            for structure in Structure
            if data[f"structure_{structure.value}"]
        }
        segments = SegmentSet.of(map(Segment, whole), map(Segment, partial), structures)
        for module in modules:
            # Ticked segments are the surgeon's own word; the module's are only taken where nothing was ticked.
            add = module.segments if not (whole or partial) else SegmentSet(structures=module.segments.structures)
            segments = segments.joined(add)
        return Operation(segments, modules)

    @staticmethod
    def initial_of(operation):
        """The ticks an operation stands for."""
        return {
            "modules": [part.code for part in operation.modules],
            "segments": [segment.value for segment in operation.segments.segments],
            "partial": [segment.value for segment in operation.segments.partial],
        } | {f"structure_{structure.value}": treatment.value for structure, treatment in operation.segments.structures}


class CaseForm(OperationForm):
    """A case: the operation, where and when, how, and by whom."""

    hospital = forms.ModelChoiceField(Hospital.objects.none(), label=_("Hospital"))
    operated_on = forms.DateField(
        label=_("Day of the operation"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    approach_intended = forms.ChoiceField(
        label=_("Intended approach"), choices=Approach.choices, initial=Approach.LAPAROSCOPIC
    )
    approach_performed = forms.ChoiceField(
        label=_("Approach performed"), choices=[("", _("Not operated yet")), *Approach.choices], required=False
    )
    icg_use = forms.ChoiceField(label=_("Indocyanine green"), choices=IcgUse.choices, initial=IcgUse.NONE)

    def __init__(self, *arguments, user, case=None, **keywords):
        self.user, self.case = user, case
        if case is not None:
            keywords.setdefault("initial", self._initial_of_case(case))
        super().__init__(*arguments, **keywords)
        posts = user.appointments.current().filter(hospital__isnull=False, role__in=ENTERING_POSTS)
        hospitals = Hospital.objects.filter(pk__in=posts.values("hospital"))
        if case is not None:
            hospitals = Hospital.objects.filter(pk=case.hospital_id)
            self.fields["hospital"].disabled = True
        self.fields["hospital"].queryset = hospitals
        if len(hospitals) == 1:
            self.fields["hospital"].initial = hospitals[0]
        people = Person.objects.visible_to(user).order_by("name")
        for role in Role:
            self.fields[f"team_{role.value}"] = forms.ModelChoiceField(
                people, label=role.label, required=role == Role.SURGEON, empty_label=_("Nobody named")
            )

    @property
    def team_fields(self):
        """The team, for the template."""
        return [self[f"team_{role.value}"] for role in Role]

    def save(self):
        """Enter the case, or change the one the form was made for."""
        data = self.cleaned_data
        values = {
            name: data[name]
            for name in ("operated_on", "operation", "approach_intended", "approach_performed", "icg_use")
        }
        team = {role.value: data[f"team_{role.value}"] for role in Role if data[f"team_{role.value}"]}
        try:
            if self.case is None:
                return enter_case(hospital=data["hospital"], team=team, acting_user=self.user, **values)
            return change_case(self.case, team=team, acting_user=self.user, **values)
        except CaseRefused as refusal:
            self.add_error(None, str(refusal))
            return None

    def _initial_of_case(self, case):
        return {
            **self.initial_of(case.operation),
            "hospital": case.hospital_id,
            "operated_on": case.operated_on,
            "approach_intended": case.approach_intended,
            "approach_performed": case.approach_performed,
            "icg_use": case.icg_use,
            **{f"team_{role.role}": role.person_id for role in case.team.all()},
        }


class ConsentForm(forms.Form):
    """What the patient signed."""

    scopes = forms.MultipleChoiceField(
        label=_("The patient agreed to"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    document = forms.CharField(
        label=_("Document reference"),
        max_length=80,
        help_text=_("Where the hospital keeps the signed paper. A reference only: no scan, no patient name."),
    )
    signed_at = forms.DateTimeField(
        label=_("Signed"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    expires_at = forms.DateTimeField(
        label=_("Valid until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Leave empty when the paper names no end."),
    )

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        zone = timezone.get_current_timezone_name()
        self.fields["signed_at"].help_text = _("Time in %(zone)s.") % {"zone": zone}

    def save(self, case, *, acting_user):
        """Record it; a refusal becomes the form's own sentence."""
        try:
            return record_consent(case, acting_user=acting_user, **self.cleaned_data)
        except ConsentRefused as refusal:
            self.add_error(None, str(refusal))
            return None
