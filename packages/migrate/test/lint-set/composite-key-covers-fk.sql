-- harmless
CREATE TABLE people (id bigint PRIMARY KEY);
CREATE TABLE clubs (id bigint PRIMARY KEY);
-- ===== migration
CREATE TABLE memberships (
  club_id bigint NOT NULL REFERENCES clubs (id),
  person_id bigint NOT NULL REFERENCES people (id),
  since date NOT NULL,
  PRIMARY KEY (club_id, person_id)
);
CREATE INDEX memberships_person ON memberships (person_id);
