from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0006_ask_by_skill"),
    ]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="registered_notices_only",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="programme",
            name="made_for_children",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="programme",
            name="indicator_required",
            field=models.BooleanField(default=False),
        ),
    ]
