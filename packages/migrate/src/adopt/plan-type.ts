import { quoteLiteral } from '../objects/quote.ts';
import { says } from './around-types.ts';
import { type Conversion, conversionOf } from './conversion.ts';
import { type Case, count, type Draft, type Pair } from './draft.ts';
import type { ColumnModel } from './model.ts';
import { at, q } from './names.ts';

/** Tables up to this size, with their indexes, are written anew while the transaction holds them: nobody waits a quarter of a second.
 *  Larger ones wait for `--finish`, where a new column takes the place of the old one. */
export const REWRITE_BYTES_MAX = 4 * 1024 * 1024;

interface Typed {
  readonly given: Case;
  readonly draft: Draft;
  readonly pair: Pair;
  readonly column: ColumnModel;
  readonly found: ColumnModel;
  readonly object: string;
}

/** Gives a column its declared type, where every value has one in it and nobody is held up for long; else it keeps the one that it has. */
export function planType(given: Case, draft: Draft, pair: Pair, column: ColumnModel, found: ColumnModel): void {
  if (found.generated !== '') return;
  const name = `column ${pair.target.name}.${column.name}`;
  if (column.collation !== found.collation)
    draft.waiting.push({
      object: `${name} collation`,
      why: `${found.collation ?? "the database's"} stays, declared ${column.collation ?? "the database's"}: indexes and queries count on its order`,
      rows: null,
    });
  if (column.type === found.type) return;
  const one: Typed = { given, draft, pair, column, found, object: `${name} type` };
  const isPartedBy = pair.live.partitionKey !== null && says(pair.live.partitionKey, column.name);
  const holder = isPartedBy ? 'the partition key' : found.holders[0];
  if (holder !== undefined) {
    wait(one, `${holder} reads it, and PostgreSQL changes no type beneath that`, null);
    return;
  }
  const labels = given.target.types.find(({ name }) => column.type === q(name) || column.type === name)?.labels ?? [];
  const conversion = conversionOf(column.name, found.type, column.type, labels);
  const mapped = given.phase === 'adopt' ? pair.mapping.waits?.[`${column.name} type`] : undefined;
  if (mapped !== undefined) wait(one, mapped, null);
  else if (conversion.as === 'zone') planZone(one);
  else if (conversion.as === 'unknown') wait(one, `no rule makes ${found.type} of every value`, null);
  else planConversion(one, conversion);
}

function wait({ draft, object, found, column }: Typed, why: string, rows: number | null): void {
  draft.waiting.push({ object, why: `${found.type} stays, declared ${column.type}: ${why}`, rows });
}

function planConversion(one: Typed, conversion: Exclude<Conversion, { as: 'zone' | 'unknown' }>): void {
  const { given, draft, pair, column, found } = one;
  const unless = conversion.as === 'free' ? undefined : conversion.unless;
  const place = at(pair.from, pair.live.name);
  const rows =
    unless === undefined || pair.empty ? 0 : count(given, draft, `SELECT count(*) FROM ${place} WHERE ${unless}`);
  const why =
    rows > 0
      ? 'values do not fit'
      : conversion.as === 'narrow' && given.phase === 'adopt' && !pair.empty
        ? 'the old application may write longer values'
        : conversion.as === 'rewrite' && isLarge(given, pair)
          ? tooLarge(pair)
          : forgotten(one, conversion);
  if (why !== undefined) {
    wait(one, why, rows);
    return;
  }
  const [using, back] = conversion.as === 'rewrite' ? [conversion.using, conversion.back] : [null, null];
  retype(one, using, back, back ?? `${q(column.name)}::${found.type}`);
  draft.retyped.set(`${pair.target.name}.${column.name}`, back ?? `${q(column.name)}::${found.type}`);
}

/** What would be lost waits for somebody's yes, or for `--finish`. */
function forgotten({ given, pair, column }: Typed, conversion: Conversion): string | undefined {
  const forgets = conversion.as === 'rewrite' ? conversion.forgets : undefined;
  const now =
    given.phase === 'finish' || pair.empty || given.decisions[`${pair.target.name}.${column.name} type`] === 'now';
  return forgets === undefined || now ? undefined : `it would forget ${forgets}`;
}

function isLarge({ phase }: Case, pair: Pair): boolean {
  return phase === 'adopt' && isLargeTable(pair);
}

/** Whether writing the table anew would be felt. */
export function isLargeTable({ live, empty }: Pair): boolean {
  return !empty && live.totalBytes > REWRITE_BYTES_MAX;
}

function tooLarge({ live }: Pair): string {
  return `writing ${Math.round(live.totalBytes / 2 ** 20)} MB anew would hold the application up`;
}

/** Which moments were meant is for somebody to say: one zone for all columns, or one for this one. */
function planZone(one: Typed): void {
  const { given, draft, pair, column, found } = one;
  const id = `${pair.target.name}.${column.name} time zone`;
  const zone = given.decisions[id] ?? pair.mapping.columns?.[column.name]?.timeZone ?? given.decisions['time zone'];
  if (zone === undefined && !pair.empty) {
    draft.questions.push({
      id,
      asks: `${pair.target.name}.${column.name} is ${found.type}, declared ${column.type}: in which time zone does the application write it? (\`time zone\` answers for all columns)`,
      answers: ['<time zone, as UTC or Europe/Berlin>', 'wait'],
      lossless: null,
    });
  }
  const shift = (to: string, from: string) =>
    from === 'date'
      ? `${q(column.name)}::timestamp AT TIME ZONE ${quoteLiteral(zone ?? 'UTC')}`
      : `(${q(column.name)} AT TIME ZONE ${quoteLiteral(zone ?? 'UTC')})${to === 'date' ? '::date' : ''}`;
  // Its indexes are built anew also where the rows stay as they are.
  const isFree =
    /^(UTC|Etc\/UTC)$/i.test(zone ?? 'UTC') &&
    found.type !== 'date' &&
    !(isLargeTable(pair) && isIndexed(pair, column.name));
  if (zone === 'wait' || (!isFree && isLarge(given, pair))) {
    wait(one, zone === 'wait' ? 'so decided' : tooLarge(pair), null);
    return;
  }
  const back = shift(found.type, column.type);
  const there = shift(column.type, found.type);
  const again = back.replaceAll(q(column.name), () => `(${there})`);
  const place = at(pair.from, pair.live.name);
  const skipped =
    isFree || pair.empty ? 0 : count(given, draft, `SELECT count(*) FROM ${place} WHERE ${again} <> ${q(column.name)}`);
  if (skipped > 0 && given.decisions[`${pair.target.name}.${column.name} type`] !== 'now') {
    wait(
      one,
      `moments that ${zone ?? 'UTC'} skips or has twice would not come back ("${pair.target.name}.${column.name} type": "now" takes that)`,
      skipped,
    );
    return;
  }
  // In the zone UTC, which the transaction is in, only the catalog changes.
  retype(one, isFree ? null : there, isFree ? null : back, back);
  draft.retyped.set(`${pair.target.name}.${column.name}`, back);
  if (zone !== undefined) draft.notes.push(`${pair.target.name}.${column.name} is read as ${zone}`);
}

function isIndexed({ live }: Pair, column: string): boolean {
  return live.indexes.some(({ definition }) => says(definition, column));
}

/** Noted, to be done with the other types of the table. */
function retype({ draft, pair, column, found }: Typed, using: string | null, back: string | null, was: string): void {
  const name = q(column.name);
  const collation = TEXT.test(column.type) && TEXT.test(found.type) ? found.collation : null;
  const collate = collation === null ? '' : ` COLLATE ${collation}`;
  const to = (type: string, expression: string | null) =>
    `ALTER COLUMN ${name} TYPE ${type}${type === column.type ? collate : found.collation === null ? '' : ` COLLATE ${found.collation}`}${expression === null ? '' : ` USING ${expression}`}`;
  // A default of the old type may have no cast to the new one.
  const drops = using !== null && found.default !== null && !found.default.startsWith('nextval(');
  const dropped = drops ? [`ALTER COLUMN ${name} DROP DEFAULT`] : [];
  const set = (value: string | null) => (drops && value !== null ? [`ALTER COLUMN ${name} SET DEFAULT ${value}`] : []);
  const kept = column.default ?? `(${found.default})::text::${column.type}`;
  const parts = draft.retypes.get(pair) ?? [];
  draft.retypes.set(pair, parts);
  const comparable = using === null || (INTEGER.test(found.type) && INTEGER.test(column.type));
  parts.push({
    column: column.name,
    from: found.type,
    type: column.type,
    collation,
    using,
    default: drops ? kept : null,
    was: comparable && ZONED.test(column.type) === ZONED.test(found.type) ? null : was,
    label: column.typeKind === 'e' ? column.type : null,
    forth: [...dropped, to(column.type, using), ...set(kept)],
    back: [...dropped, to(found.type, back), ...set(found.default)],
    comparable,
  });
}

const TEXT = /^(text|character)/;
const INTEGER = /^(smallint|integer|bigint)$/;
const ZONED = / with time zone$/;
