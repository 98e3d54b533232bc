from django.db import models
from django.utils.translation import get_language


class Named(models.Model):
    """Something with a name in more than one script; shown in the reader's language where there is one."""

    name = models.CharField(max_length=200)
    names = models.JSONField(default=dict, blank=True)  # language code -> name, beside the main one

    class Meta:
        abstract = True

    def __str__(self):
        return self.name_in(get_language())

    def name_in(self, language: str | None) -> str:
        """The name in that language, or the main one."""
        return self.names.get((language or "").lower()) or self.name

    @property
    def other_names(self) -> list[tuple[str, str]]:
        """The names not shown now, with their language."""
        shown = str(self)
        others = {("", self.name)} | set(self.names.items())
        return sorted((language, name) for language, name in others if name and name != shown)
