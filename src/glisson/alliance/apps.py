from django.apps import AppConfig


class AllianceConfig(AppConfig):
    name = "glisson.alliance"
    label = "alliance"

    def ready(self):
        from glisson.alliance import rules  # noqa: F401, PLC0415 - permissions are known as soon as the app is
