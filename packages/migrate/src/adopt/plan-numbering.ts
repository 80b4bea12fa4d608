import { quoteLiteral } from '../objects/quote.ts';
import { act, type Case, count, type Draft, type Pair } from './draft.ts';
import type { ColumnModel, SequenceModel } from './model.ts';
import { at, q, suffixed } from './names.ts';

/** How a column numbers its rows: by no one, by a default with a sequence, by an identity. */
type Numbering = 'none' | 'serial' | 'identity';

interface Numbered {
  readonly given: Case;
  readonly draft: Draft;
  readonly pair: Pair;
  readonly column: ColumnModel;
  readonly found: ColumnModel;
  readonly table: string;
  readonly object: string;
}

/** Makes a column number its rows as declared, and its sequence go on behind the greatest number that is there. */
export function planNumbering(given: Case, draft: Draft, pair: Pair, column: ColumnModel, found: ColumnModel): void {
  const table = at(given.target.schema, pair.target.name);
  const object = `column ${pair.target.name}.${column.name} numbering`;
  const one: Numbered = { given, draft, pair, column, found, table, object };
  const [wanted, is] = [numberingOf(column), numberingOf(found)];
  if (wanted === 'none') keep(one, is);
  else if (!NUMBER.test(typeNow(one)))
    draft.waiting.push({ object, why: `it comes with the type ${column.type}`, rows: null });
  else {
    const stays = wanted === is && !isOfOthers(one);
    if (stays) same(one, wanted);
    else anew(one, is, wanted);
    advance(one, stays);
  }
}

const NUMBER = /^(smallint|integer|bigint|numeric|real|double precision)/;

function anew(one: Numbered, is: Numbering, wanted: Numbering): void {
  if (is === 'identity') dropIdentity(one);
  if (is === 'serial') detachSequence(one);
  if (wanted === 'serial') addSequence(one);
  else addIdentity(one);
}

/** Whether a default takes its numbers from a sequence that is not the table's to take along: of another column, or of another schema. */
function isOfOthers({ given, pair, found }: Numbered): boolean {
  if (found.identity !== '' || found.sequence !== null) return false;
  const name = sequenceName(found);
  const sequence = name === null ? undefined : liveSequence(given, pair, name);
  return sequence === undefined || sequence.ownedBy !== null;
}

function numberingOf({ identity, default: value, sequence }: ColumnModel): Numbering {
  if (identity !== '') return 'identity';
  // A column that is no number has a cast around it.
  const isSerial =
    value?.startsWith('nextval(') === true || (sequence !== null && value?.startsWith('(nextval(') === true);
  return isSerial ? 'serial' : 'none';
}

function keep({ draft, object, found, table, column }: Numbered, is: Numbering): void {
  draft.retained.push({ object, why: `${is}, not declared` });
  if (found.identity !== 'a') return;
  const change = (how: string) => `ALTER TABLE ${table} ALTER COLUMN ${q(column.name)} SET GENERATED ${how}`;
  act(draft, 'columns', object, change('BY DEFAULT'), change('ALWAYS'));
}

function same(one: Numbered, wanted: Numbering): void {
  const { given, draft, pair, column, found, table, object } = one;
  if (wanted === 'identity' && column.identity !== found.identity) {
    const change = (how: string) =>
      `ALTER TABLE ${table} ALTER COLUMN ${q(column.name)} SET GENERATED ${how === 'a' ? 'ALWAYS' : 'BY DEFAULT'}`;
    const wanted = column.identity === 'd' ? 'd' : identityNow(one) === 'ALWAYS' ? 'a' : 'd';
    if (wanted !== found.identity) act(draft, 'columns', object, change(wanted), change(found.identity));
  }
  const [name, had] = [sequenceName(column), sequenceName(found)];
  if (name === null || had === null) return;
  const { schema } = given.target;
  if (found.sequence === null) moveSequence(one, had, name);
  if (name !== had) {
    const rename = (from: string, to: string) => `ALTER SEQUENCE ${at(schema, from)} RENAME TO ${q(to)}`;
    act(draft, 'sequences', object, rename(had, name), rename(name, had));
  }
  const [wantedType, isType] = [declaredSequence(given, name)?.type, liveSequence(given, pair, had)?.type];
  const [declared, is] = [declaredSequence(given, name)?.options, liveSequence(given, pair, had)?.options];
  if (declared !== undefined && is !== undefined && limitless(declared) !== limitless(is))
    draft.retained.push({ object, why: `its sequence keeps its own numbers: ${is}, declared ${declared}` });
  // A narrower type comes with that of the column.
  if (wantedType !== undefined && isType !== undefined && wantedType !== isType && column.type === typeNow(one)) {
    const change = (type: string) => `ALTER SEQUENCE ${at(schema, name)} AS ${type}`;
    act(draft, 'columns', object, change(wantedType), change(isType));
  }
}

/** The column's type once the plan is carried out. */
function typeNow({ draft, pair, column, found }: Numbered): string {
  return draft.retyped.has(`${pair.target.name}.${column.name}`) ? column.type : found.type;
}

/** A sequence that belongs to nobody would stay behind: it comes along and belongs to the column from now on. */
function moveSequence({ given, draft, pair, table, column, object }: Numbered, had: string, name: string): void {
  const { schema } = given.target;
  if (pair.from !== schema) {
    const move = (from: string, to: string) => `ALTER SEQUENCE ${at(from, had)} SET SCHEMA ${q(to)}`;
    act(draft, 'move', object, move(pair.from, schema), move(schema, pair.from));
  }
  const owned = (by: string) => `ALTER SEQUENCE ${at(schema, name)} OWNED BY ${by}`;
  act(draft, 'names', object, owned(`${table}.${q(column.name)}`), owned('NONE'));
}

function dropIdentity({ given, draft, pair, table, column, found, object }: Numbered): void {
  const sequence = found.sequence === null ? undefined : liveSequence(given, pair, found.sequence);
  const how = found.identity === 'a' ? 'ALWAYS' : 'BY DEFAULT';
  const named =
    found.sequence === null ? '' : ` (SEQUENCE NAME ${at(given.target.schema, found.sequence)} ${ownLimits(sequence)})`;
  const change = `ALTER TABLE ${table} ALTER COLUMN ${q(column.name)}`;
  const back = sequence === undefined ? [] : [restoreValue(given.target.schema, sequence)];
  act(
    draft,
    'columns',
    object,
    `${change} DROP IDENTITY`,
    `${change} ADD GENERATED ${how} AS IDENTITY${named}`,
    ...back,
  );
}

/** Options of a sequence without the limits that its type gives: the column may have another one when it comes back. */
function ownLimits(sequence: SequenceModel | undefined): string {
  return (sequence?.options ?? '')
    .replace(/ MINVALUE 1(?= )/, '')
    .replace(/ MAXVALUE (32767|2147483647|9223372036854775807)(?= )/, '');
}

/** The same of options alone. */
function limitless(options: string): string {
  return options.replace(/ MAXVALUE (32767|2147483647|9223372036854775807)(?= )/, '');
}

/** The old sequence stays, and belongs to nobody. */
function detachSequence({ given, draft, table, column, found, object }: Numbered): void {
  const { schema } = given.target;
  const change = `ALTER TABLE ${table} ALTER COLUMN ${q(column.name)}`;
  act(draft, 'columns', object, `${change} DROP DEFAULT`, `${change} SET DEFAULT ${found.default}`);
  if (found.sequence === null) return;
  const aside = suffixed(found.sequence, '_before_adoption');
  act(
    draft,
    'columns',
    object,
    `ALTER SEQUENCE ${at(schema, found.sequence)} OWNED BY NONE`,
    `ALTER SEQUENCE ${at(schema, found.sequence)} OWNED BY ${table}.${q(column.name)}`,
  );
  const rename = (from: string, to: string) => `ALTER SEQUENCE ${at(schema, from)} RENAME TO ${q(to)}`;
  act(draft, 'columns', object, rename(found.sequence, aside), rename(aside, found.sequence));
  draft.retained.push({ object: `sequence ${aside}`, why: `numbered ${object.slice('column '.length)}` });
}

function addSequence({ given, draft, table, column, object }: Numbered): void {
  const { schema } = given.target;
  const name = sequenceName(column);
  if (name === null) return;
  const { type = 'bigint', options = '' } = declaredSequence(given, name) ?? {};
  const change = `ALTER TABLE ${table} ALTER COLUMN ${q(column.name)}`;
  act(
    draft,
    'columns',
    object,
    `CREATE SEQUENCE ${at(schema, name)} AS ${type} ${options} OWNED BY ${table}.${q(column.name)}`,
    `DROP SEQUENCE IF EXISTS ${at(schema, name)}`,
  );
  act(draft, 'columns', object, `${change} SET DEFAULT ${column.default}`, `${change} DROP DEFAULT`);
}

/** ALWAYS refuses numbers that the old application may give: it waits where rows are. */
function identityNow({ given, draft, pair, column, object }: Numbered): 'ALWAYS' | 'BY DEFAULT' {
  if (column.identity !== 'a') return 'BY DEFAULT';
  if (given.phase === 'finish' || pair.empty) return 'ALWAYS';
  draft.waiting.push({
    object,
    why: 'declared GENERATED ALWAYS: the old application may give numbers of its own',
    rows: null,
  });
  return 'BY DEFAULT';
}

function addIdentity(one: Numbered): void {
  const { given, draft, table, column, object } = one;
  const how = identityNow(one);
  const name = column.sequence;
  const options = name === null ? '' : (declaredSequence(given, name)?.options ?? '');
  const named = name === null ? '' : ` (SEQUENCE NAME ${at(given.target.schema, name)} ${options})`;
  const change = `ALTER TABLE ${table} ALTER COLUMN ${q(column.name)}`;
  act(
    draft,
    'columns',
    object,
    `${change} ADD GENERATED ${how} AS IDENTITY${named}`,
    `${change} DROP IDENTITY IF EXISTS`,
  );
}

/** A sequence behind its table would give numbers that are taken. `isKept`: it was there. */
function advance({ given, draft, pair, column, found, table, object }: Numbered, isKept: boolean): void {
  const name = sequenceName(column);
  if (name === null || pair.empty) return;
  const had = sequenceName(found);
  const sequence = had === null ? undefined : liveSequence(given, pair, had);
  const greatest = count(
    given,
    draft,
    `SELECT coalesce(max(${q(column.name)}), 0) FROM ${at(pair.from, pair.live.name)}`,
  );
  const kept = isKept && sequence !== undefined;
  if (greatest <= 0 || (kept && nextOf(sequence) > greatest)) return;
  const place = at(given.target.schema, name);
  const top = `(SELECT max(${q(column.name)}) FROM ${table})`;
  draft.notes.push(`sequence ${name} is behind its table and is advanced to ${greatest}`);
  act(
    draft,
    'names',
    object,
    `SELECT setval(${quoteLiteral(place)}, greatest(${top}, last_value)) FROM ${place}`,
    ...(kept
      ? [
          `${restoreValue(given.target.schema, { ...sequence, name })} WHERE s.last_value = greatest(${top}, ${sequence.lastValue ?? sequence.start})`,
        ]
      : []),
  );
}

/** The least number that a sequence may give next. */
function nextOf({ lastValue, start }: SequenceModel): number {
  return lastValue === null ? Number(start) : Number(lastValue) + 1;
}

function restoreValue(schema: string, { name, lastValue, start }: SequenceModel): string {
  const place = at(schema, name);
  return `SELECT setval(${quoteLiteral(place)}, ${lastValue ?? start}, ${lastValue !== null}) FROM ${place} AS s`;
}

function declaredSequence({ target }: Case, name: string): SequenceModel | undefined {
  return target.sequences.find((one) => one.name === name);
}

/** A sequence that is there: in the schema of the table, or else in the other one. */
function liveSequence({ own, live }: Case, { from }: Pair, name: string): SequenceModel | undefined {
  const places = from === own.schema ? [own, live] : [live, own];
  return places.flatMap(({ sequences }) => sequences).find((one) => one.name === name);
}

/** The sequence behind a column: its own, or the one that its default names. */
function sequenceName({ sequence, default: value }: ColumnModel): string | null {
  if (sequence !== null) return sequence;
  const found = /^nextval\('(?:"((?:[^"]|"")+)"|([^'."]+))'::regclass\)$/.exec(value ?? '');
  return found === null ? null : (found[1]?.replaceAll('""', '"') ?? found[2] ?? null);
}
