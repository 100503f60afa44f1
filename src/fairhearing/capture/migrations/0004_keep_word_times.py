from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("capture", "0003_keep_fingerprints_and_canaries"),
    ]

    operations = [
        migrations.AddField(
            model_name="clip",
            name="words_sealed",
            field=models.BinaryField(null=True),
        ),
    ]
