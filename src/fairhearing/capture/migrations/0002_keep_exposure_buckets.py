from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("capture", "0001_create_tables")]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="bucket_sealed",
            field=models.BinaryField(max_length=30, null=True),
        ),
    ]
