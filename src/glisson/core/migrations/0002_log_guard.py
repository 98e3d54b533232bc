from django.db import migrations

from glisson.core.log_guard import lower_guard, raise_guard


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(raise_guard, lower_guard)]
