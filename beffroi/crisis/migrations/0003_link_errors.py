"""A link that could not be fetched is remembered with its error, and tried again after the new ones."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crisis", "0002_references_index")]
    operations = [
        migrations.AddField(model_name="fetched", name="error", field=models.TextField(default="")),
    ]
