from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0007_say_how_speakers_are_asked"),
    ]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="asks",
            field=models.CharField(
                choices=[("once", "Once"), ("every_clip", "Every Clip")],
                db_default="once",
                default="once",
                max_length=10,
            ),
        ),
    ]
