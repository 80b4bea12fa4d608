import { countOf } from '../errors/count-of.ts';
import { quoteLiteral } from '../objects/quote.ts';
import { act, type Case, count, type Draft, type Pair, state, waits } from './draft.ts';
import type { ColumnMapping } from './mapping.ts';
import type { ColumnModel } from './model.ts';
import { at, isNamed, q, suffixed } from './names.ts';
import type { Fill } from './plan.ts';
import { quoted } from './plan-columns.ts';
import { relax, setNotNull } from './plan-not-null.ts';
import { isAlike } from './strange-types.ts';

/** Legacy columns that the table has of those that a declared column stands for, of types that the rule can read. */
export function legacyOf({ mapping, live }: Pair, column: string): readonly string[] {
  const wanted = mapping.columns?.[column]?.legacy ?? {};
  return Object.keys(wanted).filter((name) => {
    const found = live.columns.find((one) => one.name === name);
    return name !== column && found !== undefined && isAlike(found.type, wanted[name] ?? '');
  });
}

/** Whether a column of the table is a twin of a declared one. */
export function isTwin(pair: Pair, column: string): boolean {
  return mappedColumns(pair).some(({ legacy }) => legacy.includes(column));
}

interface Mapped {
  readonly column: ColumnModel;
  readonly mapping: ColumnMapping & { readonly value: string };
  readonly legacy: readonly string[];
}

function mappedColumns(pair: Pair): readonly Mapped[] {
  return pair.target.columns.flatMap((column): Mapped[] => {
    const mapping = pair.mapping.columns?.[column.name];
    const legacy = legacyOf(pair, column.name);
    return mapping?.value === undefined || legacy.length === 0
      ? []
      : [{ column, mapping: { ...mapping, value: mapping.value }, legacy }];
  });
}

/** A declared column beside the legacy ones that it stands for: it is added without a value, filled in batches, and kept equal. */
export function planTwin(given: Case, draft: Draft, pair: Pair, column: ColumnModel): void {
  if (given.phase === 'finish') return;
  const { name } = column;
  const mapping = pair.mapping.columns?.[name];
  if (mapping?.value === undefined) return;
  const table = at(given.target.schema, pair.target.name);
  const object = `column ${pair.target.name}.${name}`;
  const isNew = !pair.live.columns.some((one) => one.name === name);
  if (isNew) {
    state(draft, object, 'computed', mapping.rule);
    const type = `${q(name)} ${column.type}${column.collation === null ? '' : ` COLLATE ${column.collation}`}`;
    act(
      draft,
      'columns',
      object,
      `ALTER TABLE ${table} ADD COLUMN ${type}`,
      `ALTER TABLE ${table} DROP COLUMN IF EXISTS ${q(name)}`,
    );
    if (column.default !== null)
      act(draft, 'columns', object, `ALTER TABLE ${table} ALTER COLUMN ${q(name)} SET DEFAULT ${column.default}`);
    if (column.comment !== null)
      act(draft, 'comments', object, `COMMENT ON COLUMN ${table}.${q(name)} IS ${quoted(column.comment)}`);
  }
  const place = given.keepInPlace ? at(pair.from, pair.live.name) : table;
  const value = rowValue(pair, mapping.value, 't');
  // By then it is known of what type the key is while the rows are walked.
  draft.postponed.push(() => {
    draft.fills.push({ table: pair.target.name, place, column: name, value, key: keyOf(draft, pair), found: !isNew });
  });
  if (isNew && column.notNull) tightenTwin(given, draft, pair, name, mapping.value);
  for (const legacy of legacyOf(pair, name)) relaxTwin(given, draft, pair, legacy);
}

function tightenTwin(given: Case, draft: Draft, pair: Pair, column: string, value: string): void {
  const object = `column ${pair.target.name}.${column} not null`;
  const rows = pair.empty
    ? 0
    : count(
        given,
        draft,
        `SELECT count(*) FROM ${at(pair.from, pair.live.name)} AS t WHERE ${rowValue(pair, value, 't', true)} IS NULL`,
      );
  if (waits(given, draft, pair, { key: `${column} not null`, object, rows })) return;
  setNotNull(given, draft, pair, column);
}

function relaxTwin(given: Case, draft: Draft, pair: Pair, legacy: string): void {
  const found = pair.live.columns.find(({ name }) => name === legacy);
  if (found?.notNull === true) relax(given, draft, pair, legacy, 'the new application writes its twin');
}

/** An expression over one row, in which legacy columns that the table lacks read as NULL. */
function rowValue(pair: Pair, value: string, row: string, isBefore = false): string {
  return `(SELECT ${value} FROM ${rowSource(pair, row, isBefore)})`;
}

/** The same where one column reads as NULL: whether the others give it back. */
function rowValueWithout(pair: Pair, value: string, row: string, without: string): string {
  const columns = pair.live.columns.map(({ name, type }) =>
    name === without ? `NULL::${type} AS ${q(name)}` : `${row}.${q(name)}`,
  );
  const source = rowSource(pair, row);
  const less = source.includes(`${row}.*`)
    ? source.replace(`${row}.*`, columns.join(', '))
    : source.replace(`${row}.${q(without)}`, `NULL::${pair.live.columns.find(({ name }) => name === without)?.type}`);
  return `(SELECT ${value} FROM ${less})`;
}

/** The row as the rules read it: a legacy column of another type as the type that they know, or NULL where it has none of that. */
function rowSource({ mapping, live, target }: Pair, row: string, isBefore = false): string {
  const legacy = new Map(Object.values(mapping.columns ?? {}).flatMap((one) => Object.entries(one.legacy ?? {})));
  const found = new Map(live.columns.map(({ name, type }) => [name, type]));
  const nulls = [...legacy].filter(([name]) => !found.has(name)).map(([name, type]) => `, NULL::${type} AS ${q(name)}`);
  const odd = new Map(
    [...legacy].flatMap(([name, type]) => {
      const is = found.get(name);
      const value = is === undefined ? undefined : readAs(`${row}.${q(name)}`, is, type);
      return value === undefined ? [] : [[name, `${value} AS ${q(name)}`] as const];
    }),
  );
  const names = new Set([...found.keys(), ...(isBefore ? [] : target.columns.map(({ name }) => name))]);
  const own = odd.size === 0 ? `${row}.*` : [...names].map((name) => odd.get(name) ?? `${row}.${q(name)}`).join(', ');
  return `(SELECT ${own}${nulls.join('')}) AS r`;
}

/** Undefined: as it is. */
function readAs(value: string, is: string, wanted: string): string | undefined {
  if (!isAlike(is, wanted)) return `NULL::${wanted}`;
  if (is === 'json' && wanted === 'jsonb') return `${value}::jsonb`;
  return isZoneless(is) && wanted === 'timestamp with time zone' ? `${value}::timestamp AT TIME ZONE 'UTC'` : undefined;
}

function isZoneless(type: string): boolean {
  return type === 'date' || /^timestamp.* without time zone$/.test(type);
}

const KEYS = new Set(['uuid', 'bigint', 'integer', 'text']);

/** A key by which a table can be walked in batches. */
function keyOf({ retypes }: Draft, pair: Pair): Fill['key'] {
  const { live } = pair;
  const single = live.constraints.filter(({ type, columns }) => (type === 'p' || type === 'u') && columns.length === 1);
  const typeOf = ({ name, type }: ColumnModel) => retypes.get(pair)?.find((part) => part.column === name)?.type ?? type;
  const [key] = single.flatMap(({ columns }) =>
    live.columns.filter((one) => one.name === columns[0] && one.notNull && KEYS.has(typeOf(one))),
  );
  return key === undefined ? null : { column: key.name, type: typeOf(key) as 'uuid' };
}

/** One trigger a table keeps all its twins equal, whichever side is written. */
export function planTwinTrigger(given: Case, draft: Draft, pair: Pair): void {
  const mapped = mappedColumns(pair);
  if (mapped.length === 0 || given.phase === 'finish') return;
  const { schema } = given.target;
  const name = suffixed(pair.target.name, '_adopt_twins');
  const [table, twins] = [at(schema, pair.target.name), at(schema, name)];
  const legacy = new Set(mapped.flatMap((one) => one.legacy));
  // What is assigned to a moment without a zone must not depend on who writes.
  const zone = pair.live.columns.some((one) => legacy.has(one.name) && isZoneless(one.type))
    ? ` SET timezone = 'UTC'`
    : '';
  const body = ['BEGIN', OWN_STEPS, ...mapped.map((one) => keepEqual(pair, one)), '  RETURN NEW;', 'END'].join('\n');
  // Behind the triggers of others: they may write legacy columns.
  const trigger = suffixed(`zz_${pair.target.name}`, '_adopt_twins');
  const about = `trigger ${pair.target.name} ${trigger}`;
  act(
    draft,
    'twins',
    about,
    `CREATE FUNCTION ${twins}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, ${q(schema)}${zone} AS ${quoteLiteral(body)}`,
    `DROP FUNCTION IF EXISTS ${twins}()`,
  );
  act(
    draft,
    'twins',
    about,
    `CREATE TRIGGER ${q(trigger)} BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${twins}()`,
    `DROP TRIGGER IF EXISTS ${q(trigger)} ON ${table}`,
  );
  draft.retained.push({ object: about, why: 'keeps legacy columns and declared ones equal until --finish' });
  draft.retained.push({ object: `function ${name}()`, why: 'the same' });
  for (const { column, legacy } of mapped)
    for (const one of legacy)
      draft.retained.push({
        object: `column ${pair.target.name}.${one}`,
        why: `twin of ${column.name} until --finish`,
      });
}

/** What is filled from legacy columns, by us, tells them nothing new. */
const OWN_STEPS = `  IF current_setting('application_name') LIKE 'db backfill %' THEN RETURN NEW; END IF;`;

/** At `--finish`: the trigger goes, and each twin that says no more than the declared columns. One that says more stays, as a column of
 *  nobody's; so does one that a view reads. */
export function planTwinsAway(given: Case, draft: Draft, pair: Pair): void {
  const mapped = mappedColumns(pair);
  const { schema } = given.target;
  const table = at(schema, pair.target.name);
  const trigger = pair.live.triggers.find(({ definition }) => definition.includes('_adopt_twins'));
  if (trigger !== undefined) {
    act(draft, 'twins', `trigger ${pair.target.name} ${trigger.name}`, `DROP TRIGGER ${q(trigger.name)} ON ${table}`);
    act(
      draft,
      'twins',
      'function',
      `DROP FUNCTION IF EXISTS ${at(schema, suffixed(pair.target.name, '_adopt_twins'))}()`,
    );
  }
  for (const { mapping, legacy } of mapped) {
    for (const name of legacy) {
      const object = `column ${pair.target.name}.${name}`;
      const back = mapping.back?.[name];
      const twin = `t.${q(name)}`;
      const more =
        back === undefined
          ? 1
          : count(
              given,
              draft,
              `SELECT count(*) FROM ${table} AS t WHERE ${comparable(pair, 't', name)} IS DISTINCT FROM ${textIfNeeded(pair.live.columns.find((one) => one.name === name)?.type ?? '', rowValueWithout(pair, back, 't', name))} AND ${twin} IS NOT NULL`,
            );
      const read = given.surroundings.dependents.some(({ reads }) =>
        reads.some(({ oid, column }) => oid === pair.live.oid && column === name),
      );
      const isOld = given.surroundings.dependents
        .filter(({ reads }) => reads.some(({ oid, column }) => oid === pair.live.oid && column === name))
        .every(({ name: view }) => given.oldNames.some((old) => isNamed(view, old)));
      if (more > 0)
        draft.retained.push({
          object,
          why: `says more than the declared column: ${back === undefined ? 'nothing gives it back' : countOf(more, 'row')}`,
        });
      else if (read && !isOld) draft.retained.push({ object, why: 'a view reads it' });
      else act(draft, 'old names', object, `ALTER TABLE ${table} DROP COLUMN ${q(name)}`);
    }
  }
}

function keepEqual(pair: Pair, { column, mapping, legacy }: Mapped): string {
  const c = `NEW.${q(column.name)}`;
  const from = rowSource(pair, 'NEW');
  const forward = `SELECT ${mapping.value} INTO ${c} FROM ${from};`;
  const back = legacy.flatMap((name) => {
    const value = mapping.back?.[name];
    return value === undefined ? [] : [`SELECT ${value} INTO NEW.${q(name)} FROM ${from};`];
  });
  const told = legacy.map((name) => `NEW.${q(name)} IS NOT NULL`).join(' OR ');
  const changed = legacy
    .map((name) => `${comparable(pair, 'NEW', name)} IS DISTINCT FROM ${comparable(pair, 'OLD', name)}`)
    .join(' OR ');
  const given = textIfNeeded(column.type, `(SELECT ${mapping.value} FROM ${from})`);
  const [isNew, wasOld] = [textIfNeeded(column.type, c), textIfNeeded(column.type, `OLD.${q(column.name)}`)];
  const unsaid =
    column.default === null ? `${c} IS NULL` : `(${c} IS NULL OR ${c} IS NOT DISTINCT FROM ${column.default})`;
  return `  IF TG_OP = 'INSERT' THEN
    IF (${told}) AND ${unsaid} THEN ${forward}
    ELSIF ${c} IS NOT NULL AND NOT (${told}) THEN ${back.length === 0 ? 'NULL;' : back.join(' ')}
    END IF;
  ELSIF ${changed} THEN
    IF ${isNew} IS NOT DISTINCT FROM ${wasOld} THEN ${forward} END IF;
  -- What its legacy columns give is no news to them: they may say more.
  ELSIF ${isNew} IS DISTINCT FROM ${wasOld} AND ${isNew} IS DISTINCT FROM ${given} THEN ${back.length === 0 ? 'NULL;' : back.join(' ')}
  END IF;`;
}

function comparable({ live }: Pair, row: string, name: string): string {
  const type = live.columns.find((column) => column.name === name)?.type ?? '';
  return textIfNeeded(type, `${row}.${q(name)}`);
}

/** Types without an equality of their own are compared by their text. */
function textIfNeeded(type: string, value: string): string {
  return /^(json|xml|point|box|polygon|path|circle|lseg|line)(\[\])?$/.test(type) ? `${value}::text` : value;
}
