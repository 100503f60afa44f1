from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("capture", "0005_keep_until_when_consent_holds"),
    ]

    operations = [
        migrations.AddField(
            model_name="clip",
            name="heard_by_people",
            field=models.BooleanField(null=True),
        ),
    ]
