import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Trace",
            fields=[
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("leak_sha256", models.CharField(db_index=True, max_length=64)),
                ("reason", models.CharField(max_length=300)),
                ("asked_by", models.CharField(blank=True, max_length=40)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("approved_by", models.CharField(blank=True, max_length=40)),
                ("approved_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("clips", models.PositiveIntegerField(default=0)),
                ("candidates", models.PositiveIntegerField(default=0)),
                ("threshold", models.FloatField(default=0.0)),
            ],
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "trace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="findings", to="tracing.trace"
                    ),
                ),
                ("clip", models.CharField(blank=True, db_index=True, max_length=40)),
                ("holder", models.CharField(max_length=40)),
                ("recipient", models.CharField(blank=True, max_length=200)),
                ("listens", models.JSONField(default=list)),
                ("score", models.FloatField()),
                ("p_false", models.FloatField()),
            ],
            options={"ordering": ("-score",)},
        ),
    ]
