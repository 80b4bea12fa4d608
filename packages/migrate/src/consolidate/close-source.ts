import { qualified } from '../backup/contents.ts';
import { quoteIdentifier, quoteLiteral } from '../objects/quote.ts';

const FUNCTION = 'refuse_writes_after_the_move';

/** Statements after which every write to the tables is refused with a text that says where they are now. In the transaction of the
 *  read-only window: no write slips in between. */
export function closeText(schema: string, tables: readonly string[], to: string): string {
  const f = qualified(schema, FUNCTION);
  return [
    `CREATE OR REPLACE FUNCTION ${f}() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN
      RAISE EXCEPTION '% was moved to ${to.replaceAll("'", "''").replaceAll('%', '%%')}', TG_TABLE_NAME
        USING ERRCODE = 'read_only_sql_transaction', HINT = ${quoteLiteral(`DROP FUNCTION ${f}() CASCADE opens it again`)};
    END $f$`,
    ...tables.map(
      (name) =>
        `CREATE OR REPLACE TRIGGER ${quoteIdentifier(FUNCTION)} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON ${qualified(schema, name)}
        FOR EACH STATEMENT EXECUTE FUNCTION ${f}()`,
    ),
  ].join(';\n');
}
