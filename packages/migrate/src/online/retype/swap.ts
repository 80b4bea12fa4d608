import { copyColumnGrants } from '../../objects/grants.ts';
import { quoteIdentifier, quoteLiteral } from '../../objects/quote.ts';
import type { IndexFacts } from '../facts.ts';
import type { DraftDown } from '../piece.ts';
import { quoted } from '../relation-name.ts';
import { incomingTo, indexesOn, rulesOn } from './fill.ts';
import { beside, type SwappedColumn } from './swapped-column.ts';

/** The swap, one brief transaction: what stood on the old column goes, the names change, and what was built over the new one takes its
 *  place. The old column stays, free to be null, until a contract file drops it. */
export function swapColumns(swap: SwappedColumn): readonly string[] {
  const { change, alter, fresh, old, trigger, sync } = swap;
  const [own, now, before] = [change.column, fresh, old].map(quoteIdentifier);
  return [
    `DROP TRIGGER ${trigger} ON ${quoted(change.table)}`,
    `DROP FUNCTION ${sync}()`,
    ...dropOld(swap),
    ...sequenceAndDefault(swap),
    `${alter} ALTER COLUMN ${own} DROP NOT NULL`,
    `${alter} RENAME COLUMN ${own} TO ${before}`,
    `${alter} RENAME COLUMN ${now} TO ${own}`,
    ...takePlaces(swap),
    ...comments(swap),
    ...settings(swap),
    ...keepOld(swap),
  ];
}

/** A value that the old type cannot hold leaves the old column NULL; it stops no write. */
function keepOld({ change, facts, old, back }: SwappedColumn): readonly string[] {
  if (back === null) return [];
  const [own, before] = [change.column, old].map(quoteIdentifier);
  const of = facts.hasRowTriggers ? '' : ` OF ${own}`;
  return [
    `CREATE FUNCTION ${back.sync}() RETURNS trigger LANGUAGE plpgsql AS $sync$
BEGIN
  BEGIN
    NEW.${before} := NEW.${own};
  EXCEPTION WHEN data_exception THEN
    NEW.${before} := NULL;
  END;
  RETURN NEW;
END
$sync$`,
    `CREATE TRIGGER ${back.trigger} BEFORE INSERT OR UPDATE${of} ON ${quoted(change.table)} FOR EACH ROW EXECUTE FUNCTION ${back.sync}()`,
  ];
}

/** The way back of `dropOldColumn`: the old column comes back with its values, as far as its type can hold them. NULL: how they follow
 *  from the new ones is not known. */
export function bringOldBack(swap: SwappedColumn): DraftDown | null {
  const { change, column, alter, old, back } = swap;
  if (back === null) return null;
  const [own, before] = [change.column, old].map(quoteIdentifier);
  const collation = column.collation === null ? '' : ` COLLATE ${column.collation}`;
  return {
    noTransaction: true,
    inBatches: true,
    statements: [
      `${alter} ADD COLUMN ${before} ${column.type}${collation}`,
      privileges(swap, change.column, old),
      ...keepOld(swap),
      `UPDATE ${quoted(change.table)} SET ${before} = ${own}::${column.type} WHERE ${before} IS NULL AND ${own} IS NOT NULL`,
    ],
  };
}

/** What a later release does: the old column goes, with what kept it. */
export function dropOldColumn({ change, alter, old, back }: SwappedColumn): readonly string[] {
  const keeper =
    back === null ? [] : [`DROP TRIGGER ${back.trigger} ON ${quoted(change.table)}`, `DROP FUNCTION ${back.sync}()`];
  return [...keeper, `${alter} DROP COLUMN ${quoteIdentifier(old)}`];
}

function dropOld(swap: SwappedColumn): readonly string[] {
  const { alter, change } = swap;
  const rest = indexesOn(swap).filter(({ constraint }) => constraint === null);
  const keys = keysOn(swap).map(({ constraint }) => constraint);
  return [
    ...incomingTo(swap).map(
      ({ table, name }) => `ALTER TABLE ${quoted(table)} DROP CONSTRAINT ${quoteIdentifier(name)}`,
    ),
    ...[...rulesOn(swap).map(({ name }) => name), ...keys].map(
      (name) => `${alter} DROP CONSTRAINT ${quoteIdentifier(name)}`,
    ),
    ...rest.map(({ name }) => `DROP INDEX ${beside(change.table, name)}`),
    ...statisticsOn(swap).map(({ name }) => `DROP STATISTICS ${quoted(name)}`),
  ];
}

type KeyIndex = IndexFacts & { readonly constraint: string };

function keysOn(swap: SwappedColumn): readonly KeyIndex[] {
  return indexesOn(swap).filter((index): index is KeyIndex => index.constraint !== null);
}

function statisticsOn({ facts, change }: SwappedColumn) {
  return facts.statistics.filter(({ columns }) => columns.includes(change.column));
}

/** What the move of a default must know. */
export interface SwappedDefault extends Pick<SwappedColumn, 'column' | 'alter' | 'fresh' | 'until' | 'keepsDefault'> {
  readonly change: Pick<SwappedColumn['change'], 'table' | 'column'>;
}

/** A sequence goes on where it is; an identity's one is made anew, for it cannot change its column. */
export function sequenceAndDefault(swap: SwappedDefault): readonly string[] {
  const { change, column, alter, fresh, until, keepsDefault } = swap;
  const [own, now] = [change.column, fresh].map(quoteIdentifier);
  const { sequence, identity } = column;
  if (identity !== null && sequence !== null) {
    const made = { ...sequence.name, name: until(sequence.name.name) };
    return [
      `${alter} ALTER COLUMN ${now} ADD GENERATED ${identity.toUpperCase()} AS IDENTITY (SEQUENCE NAME ${quoted(made)} ${sequence.options})`,
      `SELECT setval(${quoteLiteral(quoted(made))}::regclass, nextval(${quoteLiteral(quoted(sequence.name))}::regclass), false)`,
      `${alter} ALTER COLUMN ${own} DROP IDENTITY`,
      `ALTER SEQUENCE ${quoted(made)} RENAME TO ${quoteIdentifier(sequence.name.name)}`,
    ];
  }
  if (column.default === null) return [];
  const dropOld = `${alter} ALTER COLUMN ${own} DROP DEFAULT`;
  if (!keepsDefault) return [dropOld];
  return [
    ...(sequence === null ? [] : [`ALTER SEQUENCE ${quoted(sequence.name)} OWNED BY ${quoted(change.table)}.${now}`]),
    dropOld,
    `${alter} ALTER COLUMN ${now} SET DEFAULT ${column.default}`,
  ];
}

function takePlaces(swap: SwappedColumn): readonly string[] {
  const { facts, alter, change, until } = swap;
  const rename = (name: string) => `RENAME CONSTRAINT ${quoteIdentifier(until(name))} TO ${quoteIdentifier(name)}`;
  const keys = keysOn(swap).map(({ name, constraint }) => {
    const { kind, definition } = facts.constraints.find((one) => one.name === constraint) ?? {
      kind: 'unique',
      definition: '',
    };
    const deferral = / DEFERRABLE( INITIALLY DEFERRED)?$/.exec(definition)?.[0] ?? '';
    return `${alter} ADD CONSTRAINT ${quoteIdentifier(constraint)} ${kind.toUpperCase()} USING INDEX ${quoteIdentifier(until(name))}${deferral}`;
  });
  return [
    ...keys,
    ...rulesOn(swap).map(({ name }) => `${alter} ${rename(name)}`),
    ...indexesOn(swap)
      .filter(({ constraint }) => constraint === null)
      .map(({ name }) => `ALTER INDEX ${beside(change.table, until(name))} RENAME TO ${quoteIdentifier(name)}`),
    ...incomingTo(swap).map(({ table, name }) => `ALTER TABLE ${quoted(table)} ${rename(name)}`),
    ...statisticsOn(swap).map(({ definition }) => definition),
  ];
}

/** What was set on the column, and the marks of its indexes. */
function settings(swap: SwappedColumn): readonly string[] {
  const { alter, change, column, facts } = swap;
  const own = quoteIdentifier(change.column);
  const marked = (name: string | null) =>
    indexesOn(swap).flatMap((one) => (one.name === name ? [quoteIdentifier(name)] : []));
  return [
    ...column.settings.map((setting) => `${alter} ALTER COLUMN ${own} ${setting}`),
    privileges(swap, swap.old, change.column),
    ...marked(facts.replicaIdentity).map((index) => `${alter} REPLICA IDENTITY USING INDEX ${index}`),
    ...marked(facts.clusteredOn).map((index) => `${alter} CLUSTER ON ${index}`),
  ];
}

/** Those of one column for the other, as they are where it runs. */
function privileges({ change }: SwappedColumn, of: string, to: string): string {
  return copyColumnGrants(quoted(change.table), quoted(change.table), [[of, to]]);
}

function comments(swap: SwappedColumn): readonly string[] {
  const { change, column } = swap;
  const table = quoted(change.table);
  const on = (what: string, comment: string | null) =>
    comment === null ? [] : [`COMMENT ON ${what} IS ${quoteLiteral(comment)}`];
  const constraints = swap.facts.constraints.filter(({ columns }) => columns.includes(change.column));
  return [
    ...on(`COLUMN ${table}.${quoteIdentifier(change.column)}`, column.comment),
    ...(column.comment === null ? [] : [`COMMENT ON COLUMN ${table}.${quoteIdentifier(swap.old)} IS NULL`]),
    ...constraints.flatMap(({ name, comment }) => on(`CONSTRAINT ${quoteIdentifier(name)} ON ${table}`, comment)),
    ...indexesOn(swap).flatMap(({ name, comment }) => on(`INDEX ${beside(change.table, name)}`, comment)),
    ...incomingTo(swap).flatMap((key) =>
      on(`CONSTRAINT ${quoteIdentifier(key.name)} ON ${quoted(key.table)}`, key.comment),
    ),
  ];
}
