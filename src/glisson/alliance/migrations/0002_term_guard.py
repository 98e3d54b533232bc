from django.db import migrations

from glisson.alliance.term_guard import lower_guard, raise_guard


class Migration(migrations.Migration):
    dependencies = [("alliance", "0001_initial")]
    operations = [migrations.RunPython(raise_guard, lower_guard)]
