from django.forms.renderers import DjangoTemplates


class GlissonFormRenderer(DjangoTemplates):
    """Forms in our look, from our template folder."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
