"""The log is a chain: each line carries its place and sha256(the hash before it, its own fields); people/chain.py checks
it."""

from django.db import migrations, models

SQL = """
CREATE FUNCTION people_entry_hash(before bytea, e people_entry) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(before
        || sha256(convert_to(e.number::text, 'UTF8'))
        || sha256(convert_to(e.id::text, 'UTF8'))
        || sha256(convert_to(to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'UTF8'))
        || sha256(convert_to(coalesce(e.person_id::text, ''), 'UTF8'))
        || sha256(convert_to(e.action, 'UTF8'))
        || sha256(convert_to(e.about, 'UTF8'))
        || sha256(convert_to(e.facts::text, 'UTF8')))
$$;

-- Nobody chooses a line's place in the chain, nor its time.
CREATE FUNCTION people_entry_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.number := NULL;
    NEW.hash := NULL;
    NEW.at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER people_entry_new BEFORE INSERT ON people_entry FOR EACH ROW EXECUTE FUNCTION people_entry_new();

-- Deferred, so that lines wait for each other only while they commit: not for the rest of a transaction, and never
-- while it may still want a lock that another holds. Runs as the owner: the application may not update a line.
CREATE FUNCTION people_entry_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last people_entry;
    line people_entry;
BEGIN
    PERFORM pg_advisory_xact_lock(4774451407317034835);
    SELECT * INTO last FROM people_entry WHERE number IS NOT NULL ORDER BY number DESC LIMIT 1;
    SELECT * INTO line FROM people_entry WHERE id = NEW.id;
    line.number := coalesce(last.number, 0) + 1;
    line.hash := people_entry_hash(coalesce(last.hash, ''::bytea), line);
    UPDATE people_entry SET number = line.number, hash = line.hash WHERE id = line.id;
    RETURN NULL;
END $$;

-- A line may be changed once, and only by being given its place.
CREATE OR REPLACE FUNCTION people_log_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    placed people_entry;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        placed := OLD;
        placed.number := NEW.number;
        placed.hash := NEW.hash;
        IF OLD.number IS NULL AND OLD.hash IS NULL AND NEW.hash IS NOT NULL AND placed IS NOT DISTINCT FROM NEW THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'log-stays';
END $$;

-- What was written before there was a chain is its beginning.
DO $$
DECLARE
    head bytea := ''::bytea;
    line people_entry;
BEGIN
    FOR line IN SELECT * FROM people_entry ORDER BY id LOOP
        line.number := (SELECT coalesce(max(number), 0) + 1 FROM people_entry);
        head := people_entry_hash(head, line);
        UPDATE people_entry SET number = line.number, hash = head WHERE id = line.id;
    END LOOP;
END $$;

CREATE CONSTRAINT TRIGGER people_entry_chain AFTER INSERT ON people_entry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION people_entry_chain();
"""

UNDO = """
DROP TRIGGER people_entry_chain ON people_entry; DROP FUNCTION people_entry_chain();
DROP TRIGGER people_entry_new ON people_entry; DROP FUNCTION people_entry_new();
DROP FUNCTION people_entry_hash(bytea, people_entry);
CREATE OR REPLACE FUNCTION people_log_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'log-stays'; END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0003_mark")]
    operations = [
        migrations.AddField("entry", "number", models.BigIntegerField(null=True, unique=True)),
        migrations.AddField("entry", "hash", models.BinaryField(null=True)),
        migrations.RunSQL(SQL, UNDO),
    ]
