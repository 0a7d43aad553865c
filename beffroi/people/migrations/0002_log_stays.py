"""The log is append-only, whoever asks."""

from django.db import migrations

SQL = """
CREATE FUNCTION people_log_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'log-stays'; END $$;
CREATE TRIGGER people_log_stays BEFORE UPDATE OR DELETE ON people_entry FOR EACH ROW EXECUTE FUNCTION people_log_stays();
CREATE TRIGGER people_log_stays_all BEFORE TRUNCATE ON people_entry FOR EACH STATEMENT EXECUTE FUNCTION people_log_stays();
"""

UNDO = """
DROP TRIGGER people_log_stays_all ON people_entry; DROP TRIGGER people_log_stays ON people_entry; DROP FUNCTION people_log_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
