"""Decisions and used rulesets cannot be rewritten, not even by plain SQL."""

from django.db import migrations

from apps.policy.guards import put_up, take_down


class Migration(migrations.Migration):

    dependencies = [("policy", "0001_initial")]

    operations = [migrations.RunPython(put_up, take_down)]
