import { quoteIdentifier } from '../../objects/quote.ts';
import { plainName, show } from '../name.ts';
import type { ActionOf } from '../read/action.ts';
import { isFreeChange, narrows, showType } from '../read/sql-type.ts';
import { type RuleContext, rule } from '../rule.ts';
import { plain, safeForm } from '../safe.ts';

const MANUAL = 'PostgreSQL manual, ALTER TABLE, notes on changing a column type';

export const typeRules = [
  rule({
    code: 'LINT_TYPE_REWRITES',
    hazards: [25],
    title: 'A column changes its type',
    why: 'The table and its indexes are written anew under an ACCESS EXCLUSIVE lock, and programs that are deployed read another type.',
    instead:
      'Add a column of the new type, keep both equal by a trigger, fill it by a backfill, move readers and writers, drop the old one.',
    source: MANUAL,
    on: ['change-type'],
    find: (action, context) => {
      const known = context.catalog.column(action.table, action.column);
      if (!context.isOld(action.table) || action.collation !== null) return;
      if (known !== undefined && isFreeChange(known.type, action.type)) return;
      if (known !== undefined && narrows(known.type, action.type) && isText(known.type.name)) return;
      const from = known === undefined ? '' : ` from ${showType(known.type)}`;
      return {
        message: `${plainName(action.table)} is written anew to change ${action.column}${from} to ${showType(action.type)}`,
        safe: beside(action, context),
      };
    },
    bad: [
      'ALTER TABLE app.orders ALTER COLUMN total_cents TYPE bigint',
      'ALTER TABLE app.orders ALTER COLUMN note TYPE jsonb USING note::jsonb',
      'ALTER TABLE app.orders ALTER COLUMN price TYPE numeric(12, 4)',
    ],
    good: [
      'ALTER TABLE app.users ALTER COLUMN name TYPE varchar(80)',
      'ALTER TABLE app.users ALTER COLUMN name TYPE text',
      'ALTER TABLE app.orders ALTER COLUMN price TYPE numeric(12, 2)',
      'CREATE TABLE app.x (a integer); ALTER TABLE app.x ALTER COLUMN a TYPE bigint',
    ],
  }),
  rule({
    code: 'LINT_TYPE_NARROWS',
    hazards: [25],
    title: 'A column gets a type that takes less',
    why: 'It fails at the first value that does not fit, after it has read or rewritten the table under lock; texts may be cut.',
    instead: 'Hold the new bound by a CHECK, added NOT VALID and validated in the next migration; the type can stay.',
    source: MANUAL,
    on: ['change-type'],
    find: (action, context) => {
      const known = context.catalog.column(action.table, action.column);
      if (known === undefined || !context.isOld(action.table) || !narrows(known.type, action.type)) return;
      return {
        message: `values of ${action.column} in ${plainName(action.table)} may not fit into ${showType(action.type)}`,
        safe: asCheck(action, context),
      };
    },
    bad: [
      'ALTER TABLE app.users ALTER COLUMN name TYPE varchar(20)',
      'ALTER TABLE app.orders ALTER COLUMN note TYPE varchar(100)',
      'ALTER TABLE app.orders ALTER COLUMN user_id TYPE integer',
    ],
    good: ['ALTER TABLE app.users ALTER COLUMN name TYPE varchar(80)'],
  }),
  rule({
    code: 'LINT_COLLATION_CHANGES',
    hazards: [26],
    title: 'A column changes its collation',
    why: 'Every index over it is built anew under an ACCESS EXCLUSIVE lock, and ORDER BY gives another order.',
    instead:
      'Add a column with the new collation and move over, or write COLLATE into the query and an index of its own.',
    source: 'PostgreSQL manual, "Collation Support"; ALTER TABLE, notes',
    on: ['change-type'],
    find: ({ table, column, collation }, { isOld }) =>
      collation !== null && isOld(table)
        ? { message: `indexes of ${plainName(table)} over ${column} are built anew for collation ${collation}` }
        : undefined,
    bad: ['ALTER TABLE app.users ALTER COLUMN email TYPE text COLLATE "C"'],
    good: ['CREATE TABLE app.x (a text); ALTER TABLE app.x ALTER COLUMN a TYPE text COLLATE "C"'],
  }),
];

const isText = (name: string) => name === 'text' || name === 'varchar';

/** A new column that a trigger keeps equal. */
function beside({ table, column, type }: ActionOf<'change-type'>, context: RuleContext): string {
  const next = `${column}_new`;
  const keep = { schema: table.schema, name: `${table.name}_keep_${next}`.slice(0, 63) };
  const value = `NEW.${quoteIdentifier(column)}::${showType(type)}`;
  const body = `BEGIN NEW.${quoteIdentifier(next)} := ${value}; RETURN NEW; END`;
  return safeForm(
    context,
    plain(
      `ALTER TABLE ${show(table)} ADD COLUMN ${quoteIdentifier(next)} ${showType(type)}`,
      `CREATE FUNCTION ${show(keep)}() RETURNS trigger LANGUAGE plpgsql AS $$ ${body} $$`,
      `CREATE TRIGGER ${quoteIdentifier(keep.name)} BEFORE INSERT OR UPDATE ON ${show(table)} FOR EACH ROW EXECUTE FUNCTION ${show(keep)}()`,
      `-- then a backfill fills ${next}; readers and writers move over; a -- db: contract migration drops trigger, function and ${column}`,
    ),
  );
}

function asCheck({ table, column, type }: ActionOf<'change-type'>, context: RuleContext): string | undefined {
  if (!isText(type.name) || type.mods[0] === undefined) return undefined;
  const name = quoteIdentifier(`${table.name}_${column}_length_check`.slice(0, 63));
  return safeForm(
    context,
    plain(
      `ALTER TABLE ${show(table)} ADD CONSTRAINT ${name} CHECK (char_length(${quoteIdentifier(column)}) <= ${type.mods[0]}) NOT VALID`,
    ),
    plain(`ALTER TABLE ${show(table)} VALIDATE CONSTRAINT ${name}`),
  );
}
