"""What was moved to the details leaves the events; from here on they are guarded."""

from django.db import migrations, models

from apps.audit import guards


class Migration(migrations.Migration):

    dependencies = [("audit", "0003_payloads")]

    operations = [
        migrations.RemoveField("event", "actor"),
        migrations.RemoveField("event", "data"),
        migrations.AlterField("event", "payload", models.TextField(editable=False)),
        migrations.AlterField("event", "leaf_hash", models.BinaryField(max_length=32)),
        *(
            migrations.RunPython(guards.armed("audit", name), migrations.RunPython.noop)
            for name in ("Event", "Leaf", "Tile", "Checkpoint")
        ),
    ]
