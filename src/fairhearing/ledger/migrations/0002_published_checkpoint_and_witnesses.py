from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_create_tables")]

    operations = [
        migrations.AddField(
            model_name="logstate",
            name="stopped",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.CreateModel(
            name="Published",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("note", models.TextField()),
                ("size", models.BigIntegerField()),
                ("published_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Witness",
            fields=[
                ("key", models.CharField(max_length=300, primary_key=True, serialize=False)),
                ("size", models.BigIntegerField(default=0)),
                ("signed_at", models.DateTimeField(null=True)),
                ("problem", models.TextField(default="")),
            ],
        ),
    ]
