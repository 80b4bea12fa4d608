/** What the diff library does not compare: how columns are stored, and extended statistics. */
export interface Settings {
  /** `schema.table.column`, quoted → its settings. */
  readonly columns: ReadonlyMap<string, ColumnSettings>;
  /** Quoted name of a statistics object → the statement that makes it. */
  readonly statistics: ReadonlyMap<string, string>;
}

interface ColumnSettings {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly storage: string;
  /** That of its type, which a new column has. */
  readonly typeStorage: string;
  /** `l`, `p`, or empty: the server's default. */
  readonly compression: string;
  readonly statistics: number;
  readonly options: string;
}

const COLUMNS = `
  SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS table, quote_ident(a.attname) AS column,
    format_type(a.atttypid, a.atttypmod) AS type, a.attstorage::text AS storage, t.typstorage::text AS "typeStorage",
    a.attcompression::text AS compression, coalesce(a.attstattarget, -1)::int AS statistics,
    coalesce(array_to_string(a.attoptions, ', '), '') AS options
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
  WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'm') AND c.oid >= 16384
    AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'`;

const STATISTICS = `
  SELECT quote_ident(n.nspname) || '.' || quote_ident(s.stxname) AS name, pg_get_statisticsobjdef(s.oid) AS sql
  FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace`;

/** Reads the settings of all user tables by two queries. */
export async function readSettings(query: (sql: string) => Promise<readonly object[]>): Promise<Settings> {
  const columns = (await query(COLUMNS)) as readonly ColumnSettings[];
  const statistics = (await query(STATISTICS)) as readonly { readonly name: string; readonly sql: string }[];
  return {
    columns: new Map(columns.map((one) => [`${one.table}.${one.column}`, one])),
    statistics: new Map(statistics.map(({ name, sql }) => [name, sql])),
  };
}

/** What must be done for them before everything else, and after it. Pure. */
export function planSettings(from: Settings, to: Settings): { first: readonly string[]; last: readonly string[] } {
  const changed = [...to.columns].flatMap(([name, after]) => columnStatements(from.columns.get(name), after));
  const gone = [...from.statistics].filter(([name, sql]) => to.statistics.get(name) !== sql);
  const made = [...to.statistics].filter(([name, sql]) => from.statistics.get(name) !== sql);
  return {
    first: gone.map(([name]) => `DROP STATISTICS ${name}`),
    last: [...changed, ...made.map(([, sql]) => sql)],
  };
}

const STORAGE: Readonly<Record<string, string>> = { p: 'PLAIN', e: 'EXTERNAL', m: 'MAIN', x: 'EXTENDED' };
const COMPRESSION: Readonly<Record<string, string>> = { l: 'lz4', p: 'pglz' };

function columnStatements(from: ColumnSettings | undefined, to: ColumnSettings): readonly string[] {
  // A new type has its own storage.
  const before =
    from?.type === to.type ? from : { ...NEW, storage: to.typeStorage, statistics: from?.statistics ?? -1 };
  const parts = [
    ...(before.storage === to.storage ? [] : [`SET STORAGE ${STORAGE[to.storage] ?? 'DEFAULT'}`]),
    ...(before.compression === to.compression ? [] : [`SET COMPRESSION ${COMPRESSION[to.compression] ?? 'default'}`]),
    ...(before.statistics === to.statistics ? [] : [`SET STATISTICS ${to.statistics}`]),
    ...(before.options === to.options ? [] : optionParts(before.options, to.options)),
  ];
  return parts.map((part) => `ALTER TABLE ${to.table} ALTER COLUMN ${to.column} ${part}`);
}

const NEW = { storage: '', compression: '', statistics: -1, options: '' };

function optionParts(before: string, after: string): readonly string[] {
  const names = before.split(', ').map((option) => option.split('=', 1)[0] ?? '');
  const kept = after.split(', ').filter((option) => option !== '');
  const gone = names.filter((name) => name !== '' && !kept.some((option) => option.startsWith(`${name}=`)));
  return [
    ...(gone.length === 0 ? [] : [`RESET (${gone.join(', ')})`]),
    ...(kept.length === 0 ? [] : [`SET (${kept.join(', ')})`]),
  ];
}
