from django.db import migrations, models

STATES = ("requested", "refused", "given", "reconfirmed", "withdrawn", "expired", "terminated", "invalidated")
# Before this, a withdrawal was a refusal under a notice of this name.
WRITE_STATES = """
UPDATE consent_consentrecord SET state = CASE WHEN given THEN 'given'
    WHEN notice = 'withdrawal' THEN 'withdrawn' ELSE 'refused' END
"""


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0001_create_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="InvalidNotice",
            fields=[
                ("reference", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("reason", models.CharField(max_length=500)),
                ("since", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60)),
                ("version", models.PositiveSmallIntegerField()),
                ("language", models.CharField(max_length=12)),
                ("content", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("published_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("name", "version", "language"), name="consent_notice_version_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="consentrecord",
            name="valid_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="consentrecord",
            name="language",
            field=models.CharField(blank=True, default="", max_length=12),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="consentrecord",
            name="state",
            field=models.CharField(choices=[(state, state) for state in STATES], default="refused", max_length=12),
            preserve_default=False,
        ),
        migrations.RunSQL(WRITE_STATES, migrations.RunSQL.noop),
    ]
