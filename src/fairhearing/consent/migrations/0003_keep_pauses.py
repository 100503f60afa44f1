from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0002_keep_notices_and_states"),
    ]

    operations = [
        migrations.CreateModel(
            name="SpeakerPause",
            fields=[
                ("handle", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("until", models.DateField(null=True)),
            ],
        ),
    ]
