from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("review", "0001_create_tables")]

    operations = [
        migrations.CreateModel(
            name="Exposure",
            fields=[
                ("digest", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("week", models.DateField()),
                ("clips", models.PositiveIntegerField()),
            ],
            options={"indexes": [models.Index(fields=["week"], name="review_exposure_week")]},
        ),
    ]
