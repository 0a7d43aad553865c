"""A key opens several actions, and has an end: those that are there get a year from now."""

from django.db import migrations, models
from django.db.models.functions import Now

COPY = "UPDATE people_key SET actions = jsonb_build_array(action), expires_at = now() + interval '365 days'"
BACK = "UPDATE people_key SET action = coalesce(actions ->> 0, '')"


class Migration(migrations.Migration):
    dependencies = [("people", "0005_invitation")]
    operations = [
        migrations.AddField("key", "actions", models.JSONField(default=list), preserve_default=False),
        migrations.AddField("key", "expires_at", models.DateTimeField(db_default=Now()), preserve_default=False),
        migrations.RunSQL(COPY, BACK),
        migrations.AlterField("key", "expires_at", models.DateTimeField()),
        migrations.AlterField("key", "action", models.TextField(db_default="")),  # so that there is a way back
        migrations.RemoveField("key", "action"),
    ]
