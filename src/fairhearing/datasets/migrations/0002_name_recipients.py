from django.db import migrations, models


class Migration(migrations.Migration):
    """Releases that left before have no recipient: they bear no mark."""

    dependencies = [("datasets", "0001_create_tables")]

    operations = [
        migrations.AddField("release", "recipient", models.CharField(max_length=200, blank=True, db_default="")),
    ]
