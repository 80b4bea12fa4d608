/** A migration that exists only to be measured. */
export interface SyntheticMigration {
  /** `<14 digits>_<slug>`; names sort by time. */
  readonly name: string;
  /** Without semicolons at the end. */
  readonly statements: readonly string[];
}

const FIRST = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;

/** The schema that synthetic histories fill. */
export const SCHEMA = 'bench';

/** A history of `count` migrations, a table for every five of them: create it, add a column with a default, an index, a column with a
 *  check, a default. The first also creates the schema. Equal for equal counts. Pure. */
export function mixedMigrations(count: number): readonly SyntheticMigration[] {
  return Array.from({ length: count }, (_, index) => {
    const { slug, statements } = step(index % 5, `t_${Math.floor(index / 5)}`);
    const schema = index === 0 ? [`CREATE SCHEMA ${SCHEMA}`] : [];
    return named(index, slug, [...schema, ...statements]);
  });
}

/** How many tables such a history leaves. */
export const tablesOf = (count: number): number => Math.ceil(count / 5);

/** A migration whose name says when it was made: one a minute. */
export function named(index: number, slug: string, statements: readonly string[]): SyntheticMigration {
  const digits = new Date(FIRST + index * MINUTE_MS).toISOString().replaceAll(/\D/g, '').slice(0, 14);
  return { name: `${digits}_${slug}`, statements };
}

function step(kind: number, table: string): { readonly slug: string; readonly statements: readonly string[] } {
  const on = `${SCHEMA}.${table}`;
  switch (kind) {
    case 0: {
      const columns =
        'id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, created_at timestamptz NOT NULL DEFAULT now()';
      return { slug: 'create', statements: [`CREATE TABLE ${on} (${columns})`] };
    }
    case 1:
      return { slug: 'column', statements: [`ALTER TABLE ${on} ADD COLUMN use_count integer NOT NULL DEFAULT 0`] };
    case 2:
      return { slug: 'index', statements: [`CREATE INDEX ${table}_name_idx ON ${on} (name)`] };
    case 3: {
      const check = `ALTER TABLE ${on} ADD CONSTRAINT ${table}_state_check CHECK (state IN ('open', 'closed'))`;
      return { slug: 'check', statements: [`ALTER TABLE ${on} ADD COLUMN state text`, check] };
    }
    default:
      return { slug: 'default', statements: [`ALTER TABLE ${on} ALTER COLUMN name SET DEFAULT ''`] };
  }
}
