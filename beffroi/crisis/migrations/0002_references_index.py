"""Chains are followed by what messages refer to."""

from django.db import migrations

SQL = 'CREATE INDEX crisis_message_references ON crisis_message USING gin ("references" jsonb_path_ops)'


class Migration(migrations.Migration):
    dependencies = [("crisis", "0001_initial")]
    operations = [migrations.RunSQL(SQL, "DROP INDEX crisis_message_references")]
