from django.db import migrations, models


class Migration(migrations.Migration):
    """Clips that were there keep no fingerprint: what was heard of them bore no mark."""

    dependencies = [("capture", "0002_keep_exposure_buckets")]

    operations = [
        migrations.AddField(
            model_name="clip",
            name="fingerprint_sealed",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="recording",
            name="planted",
            field=models.BooleanField(default=False, db_default=False),
        ),
    ]
