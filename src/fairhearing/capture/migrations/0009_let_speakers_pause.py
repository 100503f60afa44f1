from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("capture", "0008_keep_requests"),
    ]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="pause_sealed",
            field=models.BinaryField(max_length=32, null=True),
        ),
        migrations.AddField(
            model_name="channel",
            name="paused",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="channel",
            index=models.Index(condition=models.Q(("paused", True)), fields=["id"], name="capture_channel_paused"),
        ),
    ]
