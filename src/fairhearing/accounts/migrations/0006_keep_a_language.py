from django.db import migrations, models


class Migration(migrations.Migration):
    """The language that somebody chose goes with them to the next computer."""

    dependencies = [("accounts", "0005_keep_sessions_as_digests")]

    operations = [
        migrations.AddField(
            model_name="account", name="language", field=models.CharField(blank=True, default="", max_length=10)
        ),
    ]
