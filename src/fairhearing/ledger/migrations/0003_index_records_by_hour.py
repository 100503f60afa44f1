from django.db import migrations, models


class Migration(migrations.Migration):
    """One index more, three less: those for LIKE, which ``db_index`` makes of its own accord, served nobody."""

    dependencies = [("ledger", "0002_published_checkpoint_and_witnesses")]

    operations = [
        migrations.AlterField("record", "epoch", models.CharField(max_length=8)),
        migrations.AlterField("record", "recording", models.CharField(max_length=40, null=True)),
        migrations.AlterField("record", "account", models.CharField(max_length=40, null=True)),
        migrations.AddIndex("record", models.Index(fields=["epoch"], name="ledger_record_epoch")),
        migrations.AddIndex("record", models.Index(fields=["recording"], name="ledger_record_recording")),
        migrations.AddIndex("record", models.Index(fields=["account"], name="ledger_record_account")),
        migrations.AddIndex("record", models.Index(fields=["hour"], name="ledger_record_hour")),
    ]
