-- hazards: LINT_FOREIGN_KEY_NO_INDEX
CREATE TABLE teams (id bigint PRIMARY KEY);
-- ===== migration
SET lock_timeout = '2s';
CREATE TABLE fixtures (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  home_team_id bigint NOT NULL REFERENCES teams (id),
  away_team_id bigint NOT NULL REFERENCES teams (id),
  played_on date
);
CREATE INDEX fixtures_home ON fixtures (home_team_id);
