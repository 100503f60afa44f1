import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vendors", "0001_create_tables")]

    operations = [
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "vendor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="agreements", to="vendors.vendor"
                    ),
                ),
                ("reference", models.CharField(max_length=100)),
                ("signed_day", models.DateField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["vendor", "reference"], name="vendors_agreement_once")]
            },
        ),
    ]
