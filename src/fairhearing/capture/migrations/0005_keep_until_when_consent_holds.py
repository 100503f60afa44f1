from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("capture", "0004_keep_word_times"),
    ]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="consent_until",
            field=models.DateField(null=True),
        ),
    ]
