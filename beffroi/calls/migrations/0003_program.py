"""The program that drafted a call. The guard (0002) lets nobody change it later: it is in no list of what may change."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("calls", "0002_guard"), ("people", "0006_key_actions")]
    operations = [
        migrations.AddField(
            "call", "program",
            models.ForeignKey("people.Key", null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+"),
        ),
    ]
