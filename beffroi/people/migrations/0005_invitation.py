"""Passwords and second factors are set against a link that the operator made (ADR 8), and recovery codes are spent, by
two functions that run as the owner: the application itself may write none of these."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

SQL = """
-- A password's hash, one factor and its recovery codes for whoever brings the link's token; NULL where the token opens nothing (any more).
CREATE FUNCTION people_enrol(token text, hash text, kind text, factor jsonb, codes jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    who bigint;
BEGIN
    IF kind NOT IN ('totp', 'webauthn') THEN
        RAISE EXCEPTION 'no-such-factor';
    END IF;
    UPDATE people_invitation i SET used_at = clock_timestamp() FROM people_person p
        WHERE i.digest = sha256(convert_to(token, 'UTF8')) AND i.used_at IS NULL AND i.expires_at > clock_timestamp()
            AND p.id = i.person_id AND p.is_active
        RETURNING i.person_id INTO who;
    IF who IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE people_person SET password = hash WHERE id = who;
    DELETE FROM mfa_authenticator WHERE user_id = who AND (type = 'recovery_codes' OR (type = 'totp' AND kind = 'totp'));
    INSERT INTO mfa_authenticator (user_id, type, data, created_at)
        VALUES (who, kind, factor, now()), (who, 'recovery_codes', codes, now());
    RETURN who;
END $$;

-- A recovery code is marked as used, and never as unused. False where it was used already.
CREATE FUNCTION people_spend_code(factor bigint, place integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE mfa_authenticator
        SET data = jsonb_set(data, '{used_mask}', to_jsonb((data->>'used_mask')::bigint | (1::bigint << place)))
        WHERE id = factor AND type = 'recovery_codes' AND place BETWEEN 0 AND 31
            AND ((data->>'used_mask')::bigint >> place) & 1 = 0;
    RETURN FOUND;
END $$;

REVOKE ALL ON FUNCTION people_enrol(text, text, text, jsonb, jsonb), people_spend_code(bigint, integer),
    people_entry_chain(), people_entry_new(), people_entry_hash(bytea, people_entry) FROM PUBLIC;
"""

UNDO = "DROP FUNCTION people_enrol(text, text, text, jsonb, jsonb); DROP FUNCTION people_spend_code(bigint, integer);"


class Migration(migrations.Migration):
    dependencies = [("people", "0004_log_chain"), ("mfa", "0003_authenticator_type_uniq")]
    operations = [
        migrations.CreateModel(
            "Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.BinaryField(unique=True)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
