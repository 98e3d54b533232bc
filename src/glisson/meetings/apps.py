from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "glisson.meetings"
    label = "meetings"

    def ready(self):
        from glisson.meetings import rules  # noqa: F401, PLC0415 - permissions are known as soon as the app is
