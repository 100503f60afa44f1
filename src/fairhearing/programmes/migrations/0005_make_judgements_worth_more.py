from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0004_set_exposure_budgets"),
    ]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="certain_at",
            field=models.FloatField(default=0.95),
        ),
        migrations.AddField(
            model_name="programme",
            name="help_text",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="programme",
            name="judgements_least",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="programme",
            name="known_share",
            field=models.FloatField(default=0.0),
        ),
        migrations.AddField(
            model_name="programme",
            name="must_hear_share",
            field=models.FloatField(default=0.0),
        ),
        migrations.AddField(
            model_name="programme",
            name="question",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="programme",
            name="scale_labels",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="programme",
            name="second_stage",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="programme",
            name="sensitive_minutes_a_day",
            field=models.PositiveSmallIntegerField(default=30),
        ),
        migrations.AddField(
            model_name="programme",
            name="unaided_share",
            field=models.FloatField(default=0.0),
        ),
        migrations.AlterField(
            model_name="programme",
            name="task",
            field=models.CharField(
                choices=[
                    ("transcription", "Transcription"),
                    ("translation", "Translation"),
                    ("activation", "Activation"),
                    ("rating", "Rating"),
                    ("comparison", "Comparison"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("must_hear_share__range", (0, 1)),
                    ("known_share__range", (0, 1)),
                    ("unaided_share__range", (0, 1)),
                    ("certain_at__range", (0.5, 1)),
                ),
                name="programmes_programme_shares_make_sense",
                violation_error_message="a share is outside of 0 to 1, or a certainty outside of 0.5 to 1",
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(("judgements_least__lte", models.F("judgements_wanted"))),
                name="programmes_programme_least_is_least",
                violation_error_message="judgements_least is more than the judgements that are wanted",
            ),
        ),
    ]
