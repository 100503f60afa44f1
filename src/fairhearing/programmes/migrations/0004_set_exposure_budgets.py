from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0003_keep_rules_of_controllers")]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="exposure_buckets",
            field=models.PositiveSmallIntegerField(default=4),
        ),
        migrations.AddField(
            model_name="programme",
            name="bucket_clips_a_week",
            field=models.PositiveIntegerField(default=250),
        ),
    ]
