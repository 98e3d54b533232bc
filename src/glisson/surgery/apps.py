from django.apps import AppConfig


class SurgeryConfig(AppConfig):
    name = "glisson.surgery"
    label = "surgery"
