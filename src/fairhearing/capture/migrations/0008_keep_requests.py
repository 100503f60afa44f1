import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("capture", "0007_number_candidates_by_chance"),
    ]

    operations = [
        migrations.CreateModel(
            name="Request",
            fields=[
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("clip_id", models.CharField(blank=True, max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("correction", "Correction"),
                            ("restriction", "Restriction"),
                            ("objection", "Objection"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("refused", "Refused")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("asked_day", models.DateField()),
                ("answered_day", models.DateField(null=True)),
                ("sealed_words", models.BinaryField(null=True)),
                ("sealed_answer", models.BinaryField(null=True)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="capture.channel"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["asked_day"], name="capture_request_open"
                    )
                ],
            },
        ),
    ]
