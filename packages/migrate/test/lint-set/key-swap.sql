-- hazards: LINT_PRIMARY_KEY_REPLACED, LINT_PRIMARY_KEY_BUILDS
CREATE TABLE memberships (id bigint PRIMARY KEY, club_id bigint NOT NULL, person_id bigint NOT NULL);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE memberships DROP CONSTRAINT memberships_pkey;
ALTER TABLE memberships ADD PRIMARY KEY (club_id, person_id);
