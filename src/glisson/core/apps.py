from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "glisson.core"
    label = "core"

    def ready(self):
        from glisson.core.channels import register  # noqa: PLC0415 - apps are loaded before their modules
        from glisson.core.domain.queries.job import may_follow_job  # noqa: PLC0415 - needs the models

        register("job", may_follow_job)
