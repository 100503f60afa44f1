import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("capture", "0003_keep_fingerprints_and_canaries"),
        ("programmes", "0005_make_judgements_worth_more"),
        ("review", "0003_keep_recusals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="KnownAnswer",
            fields=[
                (
                    "clip",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="capture.clip",
                    ),
                ),
                ("sealed_text", models.BinaryField(null=True)),
                ("value", models.PositiveSmallIntegerField(null=True)),
                ("place", models.BigIntegerField()),
                ("made_by", models.CharField(max_length=40)),
                ("since", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Likeness",
            fields=[
                (
                    "judgement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="review.judgement",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="MissedData",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("count", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Reliability",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("right", models.FloatField()),
                ("spread", models.FloatField()),
                ("judgements", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Verdict",
            fields=[
                (
                    "judgement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="review.judgement",
                    ),
                ),
                ("right", models.BooleanField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("disputed_at", models.DateTimeField(null=True)),
                ("sealed_dispute", models.BinaryField(null=True)),
                ("ruled_at", models.DateTimeField(null=True)),
                ("ruled_by", models.CharField(blank=True, max_length=40)),
            ],
        ),
        migrations.RemoveIndex(
            model_name="queueitem",
            name="review_queue_disputed",
        ),
        migrations.AddField(
            model_name="assignment",
            name="purpose",
            field=models.CharField(
                choices=[("judging", "Judging"), ("known", "Known"), ("lead", "Lead")],
                db_default="judging",
                default="judging",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="unaided",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="judgement",
            name="adequacy",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="judgement",
            name="fluency",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="judgement",
            name="value",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="queueitem",
            name="purpose",
            field=models.CharField(
                choices=[("judging", "Judging"), ("known", "Known"), ("lead", "Lead")],
                db_default="judging",
                default="judging",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="supervision",
            name="how",
            field=models.CharField(
                choices=[("agreed", "Agreed"), ("words", "Words"), ("lead", "Lead")],
                db_default="agreed",
                default="agreed",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="supervision",
            name="probability",
            field=models.FloatField(null=True),
        ),
        migrations.AddIndex(
            model_name="queueitem",
            index=models.Index(
                condition=models.Q(("disputed", True), ("wanted__gt", 0)),
                fields=["programme", "purpose", "place"],
                name="review_queue_disputed",
            ),
        ),
        migrations.AddField(
            model_name="knownanswer",
            name="programme",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="programmes.programme"),
        ),
        migrations.AddField(
            model_name="likeness",
            name="account",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="likeness",
            name="clip",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="capture.clip"),
        ),
        migrations.AddField(
            model_name="likeness",
            name="programme",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="programmes.programme"),
        ),
        migrations.AddField(
            model_name="misseddata",
            name="programme",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="programmes.programme"),
        ),
        migrations.AddField(
            model_name="reliability",
            name="account",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="reliability",
            name="programme",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="programmes.programme"),
        ),
        migrations.AddField(
            model_name="verdict",
            name="account",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="verdict",
            name="clip",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="capture.clip"),
        ),
        migrations.AddField(
            model_name="verdict",
            name="programme",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="programmes.programme"),
        ),
        migrations.AddIndex(
            model_name="knownanswer",
            index=models.Index(fields=["programme", "place"], name="review_known_ring"),
        ),
        migrations.AddIndex(
            model_name="likeness",
            index=models.Index(fields=["programme", "clip"], name="review_likeness_clip"),
        ),
        migrations.AddConstraint(
            model_name="misseddata",
            constraint=models.UniqueConstraint(fields=("programme", "kind"), name="review_misseddata_once"),
        ),
        migrations.AddConstraint(
            model_name="reliability",
            constraint=models.UniqueConstraint(fields=("account", "programme"), name="review_reliability_once"),
        ),
        migrations.AddIndex(
            model_name="verdict",
            index=models.Index(fields=["account", "programme", "at"], name="review_verdict_record"),
        ),
        migrations.AddIndex(
            model_name="verdict",
            index=models.Index(
                condition=models.Q(("disputed_at__isnull", False), ("ruled_at", None)),
                fields=["programme", "disputed_at"],
                name="review_verdict_disputed",
            ),
        ),
    ]
