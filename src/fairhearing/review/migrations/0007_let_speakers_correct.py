from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0006_wait_for_speakers"),
    ]

    operations = [
        migrations.AlterField(
            model_name="supervision",
            name="how",
            field=models.CharField(
                choices=[("agreed", "Agreed"), ("words", "Words"), ("lead", "Lead"), ("speaker", "Speaker")],
                db_default="agreed",
                default="agreed",
                max_length=10,
            ),
        ),
    ]
