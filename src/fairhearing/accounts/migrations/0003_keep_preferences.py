from django.db import migrations, models


class Migration(migrations.Migration):
    """What a reviewer sets on their page goes with them to the next computer."""

    dependencies = [("accounts", "0002_know_investigators")]

    operations = [
        migrations.AddField(model_name="account", name="preferences", field=models.JSONField(default=dict)),
    ]
