import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "glisson.web.settings")

django_application = get_asgi_application()

from glisson.web.static_files import StaticFirst  # noqa: E402 - the settings must be there first

application = StaticFirst(django_application)
