"""The database's own guard over calls and editions: who may make a call live, and what may change when (DESIGN 3.10)."""

from django.db import migrations

SQL = r"""
CREATE FUNCTION calls_editions_digest(wanted bigint) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(coalesce(string_agg(
           channel || ' ' || language || ' ' || encode(sha256(content), 'hex'), E'\n'
           ORDER BY channel COLLATE "C", language COLLATE "C"), ''), 'UTF8'))
  FROM calls_edition WHERE call_id = wanted
$$;

CREATE FUNCTION calls_changed(old_row jsonb, new_row jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(array_agg(n.key), '{}') FROM jsonb_each(new_row) n WHERE n.value IS DISTINCT FROM old_row -> n.key
$$;

CREATE FUNCTION calls_may_change(was text, becomes text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE was || '>' || becomes
    WHEN 'draft>draft' THEN ARRAY['kind','status','hazard','category','severity','urgency','certainty','responseType',
      'onset','expires','texts','area','ranges','author_id']
    WHEN 'draft>pending' THEN ARRAY['state','author_id','submitted_at','digest','phase','body']
    WHEN 'draft>live' THEN ARRAY['state','authority','submitted_at','digest','phase','body','identifier','sent','signed','issued_at']
    WHEN 'draft>withdrawn' THEN ARRAY['state']
    WHEN 'pending>draft' THEN ARRAY['state','submitted_at','digest','phase','body']
    WHEN 'refused>draft' THEN ARRAY['state','submitted_at','digest','phase','body']
    WHEN 'lapsed>draft' THEN ARRAY['state','submitted_at','digest','phase','body']
    WHEN 'pending>live' THEN ARRAY['state','approver_id','authority','identifier','sent','signed','issued_at']
    WHEN 'pending>refused' THEN ARRAY['state']
    WHEN 'pending>lapsed' THEN ARRAY['state']
    WHEN 'pending>withdrawn' THEN ARRAY['state']
    WHEN 'refused>withdrawn' THEN ARRAY['state']
    WHEN 'lapsed>withdrawn' THEN ARRAY['state']
    WHEN 'live>replaced' THEN ARRAY['state','ended_at']
    WHEN 'live>ended' THEN ARRAY['state','ended_at']
    WHEN 'replaced>ended' THEN ARRAY['state','ended_at']
    WHEN 'live>live' THEN ARRAY['paged_at']
  END
$$;

CREATE FUNCTION calls_check_authority(c calls_call, was text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  prior calls_call;
BEGIN
  IF c.digest IS DISTINCT FROM calls_editions_digest(c.id) THEN RAISE EXCEPTION 'call-digest'; END IF;
  IF c.follows_id IS NOT NULL THEN
    SELECT * INTO prior FROM calls_call WHERE id = c.follows_id FOR UPDATE;
    IF prior.state <> 'live' THEN RAISE EXCEPTION 'call-event-over'; END IF;
    IF c.status <> prior.status THEN RAISE EXCEPTION 'call-mode'; END IF;
  END IF;
  IF c.authority = 'two_people' THEN
    IF was <> 'pending' THEN RAISE EXCEPTION 'call-not-submitted'; END IF;
    IF c.expires <= now() THEN RAISE EXCEPTION 'call-expired'; END IF;
    IF c.submitted_at < now() - interval '30 minutes' THEN RAISE EXCEPTION 'call-lapsed'; END IF;
    PERFORM FROM people_person WHERE id = c.author_id AND is_active AND role IN ('officer', 'approver');
    IF NOT FOUND THEN RAISE EXCEPTION 'call-author'; END IF;
    PERFORM FROM people_person WHERE id = c.approver_id AND is_active AND role = 'approver';
    IF NOT FOUND OR c.approver_id = c.author_id THEN RAISE EXCEPTION 'call-approver'; END IF;
  ELSIF c.authority = 'closing' THEN
    IF c.follows_id IS NULL THEN RAISE EXCEPTION 'call-closes-nothing'; END IF;
    IF c.ranges <> prior.ranges THEN RAISE EXCEPTION 'call-closing-reaches-others'; END IF;
    IF c.author_id IS NULL THEN
      IF prior.expires > now() OR c.ending <> 'expired' THEN RAISE EXCEPTION 'call-not-expired'; END IF;
    ELSE
      PERFORM FROM people_person WHERE id = c.author_id AND is_active AND role IN ('officer', 'approver');
      IF NOT FOUND THEN RAISE EXCEPTION 'call-author'; END IF;
      IF prior.severity IN ('Extreme', 'Severe') AND prior.issued_at < now() - interval '10 minutes' THEN
        RAISE EXCEPTION 'call-closing-needs-two';
      END IF;
    END IF;
  ELSE
    RAISE EXCEPTION 'call-authority';
  END IF;
END $$;

CREATE FUNCTION calls_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  allowed text[];
BEGIN
  IF TG_OP = 'DELETE' OR TG_OP = 'TRUNCATE' THEN RAISE EXCEPTION 'call-never-removed'; END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' OR num_nonnulls(NEW.authority, NEW.approver_id, NEW.digest, NEW.identifier, NEW.signed, NEW.issued_at) > 0 THEN
      RAISE EXCEPTION 'call-begins-as-draft';
    END IF;
    RETURN NEW;
  END IF;
  allowed := calls_may_change(OLD.state, NEW.state);
  IF allowed IS NULL AND OLD.state <> NEW.state THEN RAISE EXCEPTION 'call-step-refused'; END IF;
  IF allowed IS NULL OR NOT calls_changed(to_jsonb(OLD), to_jsonb(NEW)) <@ allowed THEN RAISE EXCEPTION 'call-frozen'; END IF;
  IF OLD.author_id IS NOT NULL AND NEW.author_id IS NULL THEN RAISE EXCEPTION 'call-author'; END IF;
  IF OLD.state = 'draft' AND NEW.state = 'pending' THEN
    IF NEW.author_id IS NULL OR (OLD.author_id IS NOT NULL AND OLD.author_id <> NEW.author_id) THEN RAISE EXCEPTION 'call-author'; END IF;
    IF NEW.submitted_at IS NULL OR NEW.digest IS DISTINCT FROM calls_editions_digest(NEW.id) THEN RAISE EXCEPTION 'call-digest'; END IF;
  END IF;
  IF NEW.state = 'draft' AND NEW.digest IS NOT NULL THEN RAISE EXCEPTION 'call-digest'; END IF;
  IF NEW.state = 'live' AND OLD.state <> 'live' THEN PERFORM calls_check_authority(NEW, OLD.state); END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER calls_guard BEFORE INSERT OR UPDATE OR DELETE ON calls_call FOR EACH ROW EXECUTE FUNCTION calls_guard();
CREATE TRIGGER calls_guard_all BEFORE TRUNCATE ON calls_call FOR EACH STATEMENT EXECUTE FUNCTION calls_guard();

CREATE FUNCTION calls_guard_edition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  stands text;
BEGIN
  IF TG_OP IN ('UPDATE', 'TRUNCATE') THEN RAISE EXCEPTION 'edition-frozen'; END IF;
  SELECT state INTO stands FROM calls_call WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.call_id ELSE OLD.call_id END FOR UPDATE;
  IF stands <> 'draft' THEN RAISE EXCEPTION 'edition-frozen'; END IF;
  RETURN CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
END $$;

CREATE TRIGGER calls_guard_edition BEFORE INSERT OR UPDATE OR DELETE ON calls_edition FOR EACH ROW EXECUTE FUNCTION calls_guard_edition();
CREATE TRIGGER calls_guard_edition_all BEFORE TRUNCATE ON calls_edition FOR EACH STATEMENT EXECUTE FUNCTION calls_guard_edition();
"""

UNDO = """
DROP TRIGGER calls_guard_edition_all ON calls_edition; DROP TRIGGER calls_guard_edition ON calls_edition;
DROP TRIGGER calls_guard_all ON calls_call; DROP TRIGGER calls_guard ON calls_call;
DROP FUNCTION calls_guard_edition(); DROP FUNCTION calls_guard(); DROP FUNCTION calls_check_authority(calls_call, text);
DROP FUNCTION calls_may_change(text, text); DROP FUNCTION calls_changed(jsonb, jsonb); DROP FUNCTION calls_editions_digest(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("calls", "0001_initial"), ("people", "0002_log_stays")]
    operations = [migrations.RunSQL(SQL, UNDO)]
