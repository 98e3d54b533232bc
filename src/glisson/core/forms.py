from django import forms
from django.core.exceptions import ValidationError


class VerbForm(forms.Form):
    """A form whose ``save`` calls one verb; what the verb refuses is shown like any other mistake."""

    def saved(self, **context):
        """What the verb returned, or None when the form or the verb said no."""
        if not self.is_valid():
            return None
        try:
            return self.save(**context)
        except ValidationError as refusal:
            known = getattr(refusal, "error_dict", None)
            wrong = known if known and set(known) <= set(self.fields) else refusal.messages
            self.add_error(None, wrong)
            return None
