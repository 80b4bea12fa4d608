-- hazards: LINT_POLICY_OPEN
CREATE TABLE notes (id bigint PRIMARY KEY, owner text);
-- ===== migration
SET lock_timeout = '2s';
CREATE POLICY "allow all" ON notes FOR ALL USING (true) WITH CHECK (true);
