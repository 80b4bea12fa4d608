import { beforeAll, expect, test } from 'vitest';
import { loadGrammar, parseSql } from '../sql/parse.ts';
import { neededLocks } from './needed-locks.ts';

beforeAll(loadGrammar);

const SUE = 'SHARE UPDATE EXCLUSIVE';
const SRE = 'SHARE ROW EXCLUSIVE';
const AE = 'ACCESS EXCLUSIVE';

test.each([
  ['ALTER TABLE a.t ADD COLUMN x int', [`a.t ${AE}`]],
  ['ALTER TABLE a.t VALIDATE CONSTRAINT c', [`a.t ${SUE}`]],
  ['ALTER TABLE a.t VALIDATE CONSTRAINT c, ADD COLUMN y int', [`a.t ${AE}`]],
  ['ALTER TABLE a.t ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES a.p (id) NOT VALID', [`a.t ${SRE}`, `a.p ${SRE}`]],
  ['ALTER TABLE a.t ADD COLUMN x int REFERENCES a.p', [`a.t ${AE}`, `a.p ${SRE}`]],
  ['ALTER TABLE a.t DROP CONSTRAINT f', [`a.t ${AE}`, `dependents of a.t ${AE}`]],
  ['CREATE TABLE a.n (x int REFERENCES a.p, FOREIGN KEY (x) REFERENCES a.q)', [`a.p ${SRE}`, `a.q ${SRE}`]],
  ['CREATE TABLE a.n PARTITION OF a.t FOR VALUES IN (1)', [`a.t ${AE}`]],
  ['ALTER TABLE a.t ATTACH PARTITION a.n DEFAULT', [`a.t ${AE}`, `a.n ${AE}`]],
  ['CREATE INDEX i ON a.t (x)', ['a.t SHARE']],
  ['CREATE INDEX CONCURRENTLY i ON a.t (x)', []],
  ['CREATE TRIGGER g BEFORE UPDATE ON a.t FOR EACH ROW EXECUTE FUNCTION a.f()', [`a.t ${SRE}`]],
  ['CREATE POLICY p ON a.t USING (true)', [`a.t ${AE}`]],
  ['DROP POLICY p ON a.t', [`a.t ${AE}`]],
  ['DROP TRIGGER g ON a.t', [`a.t ${AE}`]],
  ['DROP TABLE a.t', [`dependents of a.t ${AE}`]],
  ['DROP INDEX a.i', [`index of a.i ${AE}`]],
  ['TRUNCATE a.t, a.u', [`a.t ${AE}`, `a.u ${AE}`]],
  ['ALTER TABLE a.t RENAME COLUMN x TO y', [`a.t ${AE}`]],
  ['ALTER TABLE a.t RENAME TO u', [`a.t ${AE}`]],
  ['ALTER TABLE a.t SET SCHEMA b', [`a.t ${AE}`]],
  ["COMMENT ON TABLE a.t IS 'x'", [`a.t ${SUE}`]],
  ["COMMENT ON COLUMN a.t.x IS 'x'", [`a.t ${SUE}`]],
  ["COMMENT ON SCHEMA a IS 'x'", []],
  ['ALTER VIEW a.v RENAME TO w', []],
  ['CREATE VIEW a.v AS SELECT * FROM a.t', []],
  ['UPDATE a.t SET x = 1', []],
  // the strongest of several, once
  ["CREATE INDEX i ON a.t (x); COMMENT ON TABLE a.t IS 'x'", [`a.t ${SRE}`]],
])('%s takes %j', (sql, locks) => {
  const parsed = parseSql(sql);
  const found = neededLocks(parsed.ok ? parsed.statements : []);
  expect(
    found.map(({ of, schema, name, mode }) => `${of === 'relation' ? '' : `${of} of `}${schema}.${name} ${mode}`),
  ).toEqual(locks);
});
