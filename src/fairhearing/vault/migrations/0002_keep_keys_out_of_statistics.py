from django.db import migrations


class Migration(migrations.Migration):
    """ANALYZE copies samples of a column into pg_statistic, where they outlast the rows that were erased."""

    dependencies = [
        ("vault", "0001_create_tables"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE vault_datakey ALTER COLUMN wrapped SET STATISTICS 0",
            "ALTER TABLE vault_datakey ALTER COLUMN wrapped SET STATISTICS -1",
        ),
    ]
