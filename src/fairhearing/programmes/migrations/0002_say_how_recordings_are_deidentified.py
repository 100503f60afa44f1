from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0001_create_tables")]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="voice",
            field=models.CharField(
                choices=[("off", "Off"), ("clear", "Clear"), ("strong", "Strong")], default="clear", max_length=10
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="free_speech",
            field=models.CharField(
                choices=[("quarantine", "Quarantine"), ("serve", "Serve")], default="quarantine", max_length=12
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="commands",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="programme",
            name="wake_words",
            field=models.TextField(blank=True),
        ),
    ]
