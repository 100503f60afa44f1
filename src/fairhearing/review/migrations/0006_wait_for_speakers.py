from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("capture", "0006_keep_answers_for_each_clip"),
        ("programmes", "0008_ask_for_each_clip"),
        ("review", "0005_budget_distress"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="queueitem", name="review_queue_ring"),
        migrations.RemoveIndex(model_name="queueitem", name="review_queue_disputed"),
        migrations.AddField(
            model_name="queueitem",
            name="awaits_yes",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="queueitem",
            index=models.Index(
                condition=models.Q(("awaits_yes", False), ("disputed", False), ("wanted__gt", 0)),
                fields=["programme", "place"],
                name="review_queue_ring",
            ),
        ),
        migrations.AddIndex(
            model_name="queueitem",
            index=models.Index(
                condition=models.Q(("awaits_yes", False), ("disputed", True), ("wanted__gt", 0)),
                fields=["programme", "purpose", "place"],
                name="review_queue_disputed",
            ),
        ),
    ]
