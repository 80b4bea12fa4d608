import { named, SCHEMA, type SyntheticMigration } from './mix.ts';

/** The engine refuses a larger file. */
export const FILE_BYTES_MAX = 10 * 1024 * 1024;
const ROW_BYTES = 100;

/** One migration of almost `FILE_BYTES_MAX`: a table, and INSERTs of `rowsEach` rows of about 100 bytes each. One row each is how
 *  `pg_dump --inserts` writes, and the hardest for a parser. Pure. */
export function largeMigration(rowsEach: number): SyntheticMigration {
  const head = `INSERT INTO ${SCHEMA}.large (note) VALUES `;
  const row = `('${'x'.repeat(ROW_BYTES - 6)}')`;
  const insert = `${head}${Array.from({ length: rowsEach }, () => row).join(',\n')}`;
  const before = [`CREATE SCHEMA ${SCHEMA}`, `CREATE TABLE ${SCHEMA}.large (note text NOT NULL)`];
  // 1 kB is left for what stands between statements at the start.
  const count = Math.floor((FILE_BYTES_MAX - 1024) / (insert.length + BETWEEN.length));
  return named(0, 'large', [...before, ...Array.from({ length: count }, () => insert)]);
}

/** What drizzle's layout, which is ours too, has between two statements. */
export const BETWEEN = ';\n--> statement-breakpoint\n';
