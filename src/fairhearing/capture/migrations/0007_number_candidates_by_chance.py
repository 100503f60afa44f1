"""Candidates are numbered by chance: a counter told in which order recordings came in."""

from django.db import migrations, models

import fairhearing.ids

BY_CHANCE = """
UPDATE capture_candidate
SET id = (floor(random() * 2147483648)::bigint << 32) | floor(random() * 4294967296)::bigint
"""


class Migration(migrations.Migration):
    """Those that are there get numbers of chance as well."""

    dependencies = [("capture", "0006_keep_answers_for_each_clip")]

    operations = [
        migrations.AlterField(
            model_name="candidate",
            name="id",
            field=models.BigIntegerField(default=fairhearing.ids.number, primary_key=True, serialize=False),
        ),
        migrations.RunSQL(BY_CHANCE, migrations.RunSQL.noop),
    ]
