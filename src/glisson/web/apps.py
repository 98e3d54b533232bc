from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "glisson.web"
    label = "web"
