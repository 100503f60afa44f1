from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("review", "0002_count_exposure")]

    operations = [
        migrations.CreateModel(
            name="Recusal",
            fields=[("digest", models.BinaryField(max_length=32, primary_key=True, serialize=False))],
        ),
    ]
