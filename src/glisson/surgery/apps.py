from django.apps import AppConfig


class SurgeryConfig(AppConfig):
    name = "glisson.surgery"
    label = "surgery"

    def ready(self):
        from glisson.surgery import rules  # noqa: F401, PLC0415 - permissions are known as soon as the app is
