-- hazards: LINT_TRIGGER_ADDED
CREATE TABLE salaries (id bigint PRIMARY KEY, cents bigint);
-- ===== migration
SET lock_timeout = '2s';
CREATE FUNCTION note_salary() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER salary_history AFTER UPDATE ON salaries FOR EACH ROW EXECUTE PROCEDURE note_salary();
