-- harmless
CREATE TABLE salaries (id bigint PRIMARY KEY, cents bigint);
CREATE FUNCTION note_salary() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER salary_history AFTER UPDATE ON salaries FOR EACH ROW EXECUTE FUNCTION note_salary();
-- ===== migration
SET lock_timeout = '1s';
DROP TRIGGER salary_history ON salaries;
CREATE TRIGGER salary_history AFTER UPDATE OF cents ON salaries FOR EACH ROW EXECUTE FUNCTION note_salary();
