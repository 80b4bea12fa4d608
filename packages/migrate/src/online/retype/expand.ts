import { quoteIdentifier } from '../../objects/quote.ts';
import { quoted } from '../relation-name.ts';
import { columnsRead, overNewRow } from './columns-in-sql.ts';
import type { SwappedColumn } from './swapped-column.ts';

/** The new column, and the trigger that gives it its value in every row that is written from now on. Brief. */
export function expand({ change, facts, alter, fresh, sync, trigger, value }: SwappedColumn): readonly string[] {
  // Another trigger may change a column that the statement does not name.
  const of = facts.hasRowTriggers ? '' : ` OF ${columnsRead(value).map(quoteIdentifier).join(', ')}`;
  return [
    `${alter} ADD COLUMN ${quoteIdentifier(fresh)} ${change.type}`,
    `CREATE FUNCTION ${sync}() RETURNS trigger LANGUAGE plpgsql AS $sync$
BEGIN
  NEW.${quoteIdentifier(fresh)} := ${overNewRow(value)};
  RETURN NEW;
END
$sync$`,
    `CREATE TRIGGER ${trigger} BEFORE INSERT OR UPDATE${of} ON ${quoted(change.table)} FOR EACH ROW EXECUTE FUNCTION ${sync}()`,
  ];
}
