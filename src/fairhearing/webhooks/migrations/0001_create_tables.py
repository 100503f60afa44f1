import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("product", models.SlugField(max_length=60)),
                ("url", models.CharField(max_length=500)),
                ("events", models.JSONField(default=list)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("failing_since", models.DateTimeField(null=True)),
                ("last_problem", models.CharField(blank=True, max_length=200)),
                ("disabled_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(db_index=True)),
                ("endpoint", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="webhooks.endpoint")),
            ],
        ),
    ]
