from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("capture", "0009_let_speakers_pause"),
        ("review", "0007_let_speakers_correct"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="queueitem", name="review_queue_ring"),
        migrations.RemoveIndex(model_name="queueitem", name="review_queue_disputed"),
        migrations.RenameField(model_name="queueitem", old_name="awaits_yes", new_name="awaits_speaker"),
        migrations.AddIndex(
            model_name="queueitem",
            index=models.Index(
                condition=models.Q(("awaits_speaker", False), ("disputed", False), ("wanted__gt", 0)),
                fields=["programme", "place"],
                name="review_queue_ring",
            ),
        ),
        migrations.AddIndex(
            model_name="queueitem",
            index=models.Index(
                condition=models.Q(("awaits_speaker", False), ("disputed", True), ("wanted__gt", 0)),
                fields=["programme", "purpose", "place"],
                name="review_queue_disputed",
            ),
        ),
    ]
