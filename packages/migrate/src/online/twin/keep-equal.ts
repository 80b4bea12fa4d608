import { quoted } from '../relation-name.ts';
import { pairOf, type Twin, type TwinColumn } from './twin.ts';

/** Which of a pair has a value in every row, and the default; the other one follows where a statement has not written it. */
export type Leading = 'old' | 'new';

/** The function that keeps pairs of columns equal whichever of them a statement writes. Values are compared byte by byte, as types
 *  without an equality, and those whose equal values differ, need it. */
export function syncFunction(twin: Twin, leading: Leading, create: 'CREATE' | 'CREATE OR REPLACE'): string {
  const part = (lines: (column: TwinColumn) => readonly string[], indent: string) =>
    twin.columns.flatMap((column) => lines(column).map((line) => `${indent}${line}`)).join('\n');
  return `${create} FUNCTION ${twin.sync}() RETURNS trigger LANGUAGE plpgsql AS $twin$
BEGIN
  IF TG_OP = 'INSERT' THEN
${part((column) => onInsert(column, leading), '    ')}
  ELSE
${part((column) => onUpdate(column, leading), '    ')}
  END IF;
  RETURN NEW;
END
$twin$`;
}

/** The last of the row's BEFORE triggers. */
export function syncTrigger({ trigger, sync, table }: Twin): string {
  return `CREATE TRIGGER ${trigger} BEFORE INSERT OR UPDATE ON ${quoted(table)} FOR EACH ROW EXECUTE FUNCTION ${sync}()`;
}

function onInsert(column: TwinColumn, leading: Leading): readonly string[] {
  const [leader, follower] = inOrder(column, leading);
  return [
    `IF NEW.${follower} IS NULL THEN NEW.${follower} := NEW.${leader}; ELSE NEW.${leader} := NEW.${follower}; END IF;`,
  ];
}

function onUpdate(column: TwinColumn, leading: Leading): readonly string[] {
  const [leader, follower] = inOrder(column, leading);
  return [
    `IF ROW(NEW.${follower})::record *<> ROW(OLD.${follower})::record THEN NEW.${leader} := NEW.${follower};`,
    `ELSIF ROW(NEW.${follower})::record *<> ROW(NEW.${leader})::record THEN NEW.${follower} := NEW.${leader}; END IF;`,
  ];
}

function inOrder(column: TwinColumn, leading: Leading): readonly [string, string] {
  const [old, fresh] = pairOf(column);
  return leading === 'old' ? [old, fresh] : [fresh, old];
}
