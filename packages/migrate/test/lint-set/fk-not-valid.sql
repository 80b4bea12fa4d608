-- harmless
CREATE TABLE teams (id bigint PRIMARY KEY);
CREATE TABLE players (id bigint PRIMARY KEY, team_id bigint);
CREATE INDEX players_team ON players (team_id);
-- ===== migration
SET lock_timeout = '1s';
ALTER TABLE players ADD CONSTRAINT players_team_fk FOREIGN KEY (team_id) REFERENCES teams (id) NOT VALID;
