from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0005_make_judgements_worth_more"),
    ]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="by_skill",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="programme",
            name="urgent",
            field=models.BooleanField(default=False),
        ),
    ]
