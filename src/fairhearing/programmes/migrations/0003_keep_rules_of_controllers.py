from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0002_say_how_recordings_are_deidentified")]

    operations = [
        migrations.CreateModel(
            name="HouseRule",
            fields=[
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60)),
                ("reason", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("since", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("name",),
                        name="programmes_houserule_one_a_name",
                    )
                ],
            },
        ),
    ]
