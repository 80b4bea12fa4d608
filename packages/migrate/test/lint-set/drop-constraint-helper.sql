-- harmless
-- runner: engine
CREATE TABLE app.people (id bigint PRIMARY KEY, mail text, CONSTRAINT mail_there CHECK (mail IS NOT NULL));
-- ===== migration
ALTER TABLE app.people ALTER COLUMN mail SET NOT NULL;
ALTER TABLE app.people DROP CONSTRAINT mail_there;
