from django.db import migrations, models


class Migration(migrations.Migration):
    """A role more; nothing in the database changes."""

    dependencies = [("accounts", "0001_create_tables")]

    operations = [
        migrations.AlterField(
            model_name="account",
            name="role",
            field=models.CharField(
                choices=[
                    ("owner", "Owner"),
                    ("controller", "Controller"),
                    ("privacy_officer", "Privacy Officer"),
                    ("auditor", "Auditor"),
                    ("vendor_manager", "Vendor Manager"),
                    ("lead_reviewer", "Lead Reviewer"),
                    ("reviewer", "Reviewer"),
                    ("investigator", "Investigator"),
                ],
                max_length=20,
            ),
        ),
    ]
