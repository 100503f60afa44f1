from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0003_keep_pauses"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerMarks",
            fields=[
                ("handle", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
            ],
        ),
    ]
