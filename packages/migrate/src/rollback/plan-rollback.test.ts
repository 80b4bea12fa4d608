import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type MigrationFile, migrationFile } from '../files/migration-file.ts';
import { loadGrammar } from '../sql/parse.ts';
import type { RollbackExtent } from './extent.ts';
import { planRollback } from './plan-rollback.ts';
import type { StoredMigration } from './read-stored.ts';

beforeAll(loadGrammar);

interface Parts {
  readonly sql?: string;
  readonly down?: string | null;
}

const file = (name: string, { sql = `SELECT '${name}'`, down = `SELECT 'undo ${name}'` }: Parts = {}) =>
  migrationFile({ name, path: `shop/${name}/migration.sql`, sql, down });
/** The history row that applying a file leaves. */
const row = (from: MigrationFile, rest: Partial<StoredMigration> = {}): StoredMigration => ({
  name: from.name,
  checksum: from.checksum,
  down: from.down,
  appliedAt: new Date(Number.parseInt(from.name, 10)),
  late: false,
  ...rest,
});
const plan = (
  files: readonly MigrationFile[],
  applied: readonly StoredMigration[],
  extent: RollbackExtent = { kind: 'all' },
  begun: readonly string[] = [],
) => planRollback(files, { applied, begun: new Set(begun) }, extent);
const names = (...given: Parameters<typeof plan>) => plan(...given).steps.map(({ name }) => name);
const refused = (...given: Parameters<typeof plan>) => {
  try {
    return plan(...given).steps;
  } catch (error) {
    return error;
  }
};

const [a, b, c] = [file('1_a'), file('2_b'), file('3_c')];
const files = [a, b, c];
const rows = files.map((one) => row(one));

describe('what is undone, and in which order', () => {
  test('all: newest first, and nothing stays', () => {
    expect(names(files, rows)).toEqual(['3_c', '2_b', '1_a']);
    expect(plan(files, rows).stays).toBe(null);
  });
  test('steps: the last n that are applied, pending files not counted', () => {
    expect(names(files, rows.slice(0, 2), { kind: 'steps', count: 1 })).toEqual(['2_b']);
    expect(plan(files, rows, { kind: 'steps', count: 2 }).stays).toBe('1_a');
    expect(plan(files, rows, { kind: 'steps', count: 3 }).stays).toBe(null);
  });
  test('more steps than are applied are not understood as all', () => {
    expect(refused(files, rows, { kind: 'steps', count: 4 })).toMatchObject({ code: 'DB_USAGE' });
    expect(refused(files, [], { kind: 'steps', count: 1 })).toMatchObject({ code: 'DB_USAGE' });
  });
  test('to: everything newer, and the named one stays; a second time there is nothing to do', () => {
    expect(names(files, rows, { kind: 'to', name: '1_a' })).toEqual(['3_c', '2_b']);
    expect(names(files, rows.slice(0, 1), { kind: 'to', name: '1_a' })).toEqual([]);
    expect(refused(files, rows.slice(0, 1), { kind: 'to', name: '2_b' })).toMatchObject({
      code: 'DB_MIGRATION_UNKNOWN',
    });
  });
  test('exactly: what is gone already is no error; what came on top meanwhile is refused', () => {
    expect(names(files, rows.slice(0, 2), { kind: 'exactly', names: ['3_c', '2_b'] })).toEqual(['2_b']);
    expect(names(files, rows.slice(0, 1), { kind: 'exactly', names: ['3_c', '2_b'] })).toEqual([]);
    expect(refused(files, rows, { kind: 'exactly', names: ['2_b'] })).toMatchObject({ code: 'DB_ROLLBACK_STALE' });
  });
  test('a late migration is undone before those that were there when it was applied', () => {
    const late = [row(a), row(b, { late: true, appliedAt: new Date(9) }), row(c)];
    expect(names(files, late)).toEqual(['2_b', '3_c', '1_a']);
    expect(names(files, late, { kind: 'steps', count: 1 })).toEqual(['2_b']);
  });
  test('a late migration that would stay although it may stand on one that goes is a decision', () => {
    const d = file('4_d', { sql: 'CREATE TABLE shop.d ()', down: 'DROP TABLE shop.d' });
    const onD = file('2_b', { sql: 'ALTER TABLE shop.d ADD x int', down: 'ALTER TABLE shop.d DROP x' });
    const late = { late: true, appliedAt: new Date(9) };
    const to: RollbackExtent = { kind: 'to', name: '3_c' };
    expect(refused([a, onD, c, d], [row(a), row(onD, late), row(c), row(d)], to)).toMatchObject({
      code: 'DB_MIGRATION_OVERLAP',
      exit: 3,
    });
    expect(names([a, b, c, d], [row(a), row(b, late), row(c), row(d)], to)).toEqual(['4_d']);
    // Neither file nor down tells what it touches.
    expect(refused([a, c, d], [row(a), row(onD, { ...late, down: null }), row(c), row(d)], to)).toMatchObject({
      code: 'DB_MIGRATION_OVERLAP',
    });
  });
  test('nothing is ever left out or undone twice: steps are the applied ones, each once, and a prefix of all', () => {
    const some = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 8 });
    fc.assert(
      fc.property(some, some, fc.nat(8), (applied, late, count) => {
        const all = applied.map((n) => file(`${String(n).padStart(2, '0')}_x`));
        const stored = all.map((one, index) => {
          const isLate = late.includes(Number.parseInt(one.name, 10));
          return row(one, isLate ? { late: true, appliedAt: new Date(100 + index) } : {});
        });
        const order = names(all, stored);
        expect([...order].sort()).toEqual(all.map(({ name }) => name).sort());
        if (count > 0 && count <= all.length)
          expect(names(all, stored, { kind: 'steps', count })).toEqual(order.slice(0, count));
        const onTime = stored.filter((one) => !one.late).map(({ name }) => name);
        expect(order.filter((name) => onTime.includes(name))).toEqual(onTime.sort().reverse());
      }),
    );
  });
});

describe('which text runs', () => {
  test('the stored one, also where this build does not know the migration', () => {
    const [step] = plan([a], [row(a), row(b)], { kind: 'steps', count: 1 }).steps;
    expect(step).toMatchObject({ name: '2_b', source: 'history', down: { sql: "SELECT 'undo 2_b'" }, backfills: [] });
    expect(step?.down.path).toBe('2_b/down.sql (from the history)');
  });
  test('the stored one where the file of the down is gone', () => {
    const gone = file('1_a', { down: null });
    expect(plan([gone], [row(a)]).steps).toMatchObject([{ source: 'history', down: { sql: "SELECT 'undo 1_a'" } }]);
  });
  test("the file's, where the history stored none and the file is the one that was applied", () => {
    expect(plan([a], [row(a, { down: null })]).steps).toMatchObject([
      { source: 'file', down: { path: 'shop/1_a/down.sql' } },
    ]);
  });
  test('backfills of the way up are read from the file', () => {
    const waits = file('1_a', { sql: '-- db: after-backfill cents\nSELECT 1' });
    expect(plan([waits], [row(waits)]).steps).toMatchObject([{ backfills: ['cents'] }]);
  });
});

describe('all steps are refused where one has no way back', () => {
  const twice = (one: MigrationFile, stored: StoredMigration) => refused([one, b], [stored, row(b)]);
  test('missing: neither stored nor beside the file', () => {
    const bare = file('1_a', { down: null });
    expect(twice(bare, row(bare))).toMatchObject({
      code: 'DB_DOWN_MISSING',
      exit: 4,
      message: expect.stringContaining('1_a'),
    });
    expect(refused([b], [row(a, { down: null }), row(b)])).toMatchObject({ code: 'DB_DOWN_MISSING' });
  });
  test("missing: not stored, and the file's lies beside an edited text", () => {
    expect(twice(a, row(a, { checksum: 'other', down: null }))).toMatchObject({ code: 'DB_DOWN_MISSING' });
  });
  test("different: the file's down is not the stored one; the message says which is which", () => {
    const edited = file('1_a', { down: 'SELECT 2' });
    const error = twice(edited, row(a));
    expect(error).toMatchObject({ code: 'DB_DOWN_DIFFERS', exit: 4 });
    expect(error).toMatchObject({ message: expect.stringContaining(edited.down?.checksum.slice(0, 12) ?? '') });
    expect(error).toMatchObject({ message: expect.stringContaining(a.down?.checksum.slice(0, 12) ?? '') });
  });
  test('irreversible: said by the way up, or by the down, stored or not', () => {
    const up = file('1_a', { sql: '-- db: irreversible: rows are gone\nSELECT 1' });
    const down = file('1_a', { down: '-- db: irreversible: rows are gone' });
    for (const one of [up, down])
      expect(twice(one, row(one))).toMatchObject({
        code: 'DB_IRREVERSIBLE',
        exit: 4,
        message: '1_a: rows are gone',
      });
    expect(refused([b], [row(down), row(b)])).toMatchObject({ code: 'DB_IRREVERSIBLE' });
  });
  test('a stored down that is no good SQL', () => {
    const bad = { ...row(a), down: { sql: 'DROP TABEL x', checksum: 'x' } };
    expect(refused([b], [bad, row(b)])).toMatchObject({ code: 'DB_FILE_SYNTAX', exit: 4 });
  });
  test('a way up that is half done', () => {
    expect(refused(files, rows.slice(0, 2), { kind: 'steps', count: 1 }, ['3_c'])).toMatchObject({
      code: 'DB_HALF_DONE',
      exit: 4,
    });
    // A way down that is half done is what rollback finishes.
    expect(names(files, rows, { kind: 'steps', count: 1 }, ['3_c'])).toEqual(['3_c']);
  });
});
