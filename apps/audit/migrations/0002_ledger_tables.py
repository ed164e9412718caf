"""The tables of the log, and room for a payload in each event. Nothing is removed yet."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("audit", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("index", models.BigIntegerField(primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=63)),
                ("uid", models.UUIDField(unique=True)),
                ("leaf_hash", models.BinaryField(max_length=32)),
            ],
            options={"ordering": ["index"]},
        ),
        migrations.CreateModel(
            name="Pending",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=63)),
                ("uid", models.UUIDField(unique=True)),
                ("leaf_hash", models.BinaryField(max_length=32)),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), db_index=True
                    ),
                ),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("level", models.SmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("hashes", models.BinaryField(max_length=8192)),
                ("root", models.BinaryField(max_length=32)),
            ],
            options={
                "ordering": ["level", "index"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("level", "index"), name="audit_one_tile_per_place"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="at"
                    ),
                ),
                ("origin", models.CharField(max_length=200, verbose_name="log")),
                ("size", models.BigIntegerField(verbose_name="leaves")),
                ("root", models.BinaryField(max_length=32, verbose_name="root")),
                ("note", models.TextField(verbose_name="signed text")),
                ("vkey", models.CharField(max_length=300, verbose_name="key")),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("origin", "size"), name="audit_one_checkpoint_per_size"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EventDetail",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="detail",
                        serialize=False,
                        to="audit.event",
                    ),
                ),
                ("data", models.JSONField(default=dict, verbose_name="data")),
                ("salt", models.BinaryField(max_length=32)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
        ),
        migrations.AlterField(
            "event", "at", models.DateTimeField(db_index=True, verbose_name="at")
        ),
        migrations.AddField("event", "payload", models.TextField(editable=False, null=True)),
        migrations.AddField("event", "leaf_hash", models.BinaryField(max_length=32, null=True)),
    ]
