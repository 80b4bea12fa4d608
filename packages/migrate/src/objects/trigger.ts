import type { PgTable } from 'drizzle-orm/pg-core';
import type { SqlObject } from './object.ts';
import { quoteIdentifier } from './quote.ts';
import { relationName } from './relation.ts';

export interface TriggerDeclaration {
  readonly name: string;
  readonly on: PgTable;
  /** `BEFORE UPDATE`, `AFTER INSERT OR DELETE`, `AFTER UPDATE OF role`. */
  readonly fires: string;
  /** ROW unless said. */
  readonly each?: 'ROW' | 'STATEMENT';
  /** A constraint trigger, checked at COMMIT. */
  readonly deferred?: boolean;
  /** Qualified function call, for example `train.trigger_set_timestamp()`. */
  readonly execute: string;
}

/** CREATE TRIGGER, or CREATE CONSTRAINT TRIGGER … DEFERRABLE INITIALLY DEFERRED. */
export function trigger(declared: TriggerDeclaration): SqlObject {
  const { name, on, fires, each = 'ROW', deferred = false, execute } = declared;
  const { quoted } = relationName(on);
  return {
    kind: 'trigger',
    name: `${name} on ${quoted}`,
    sql: [
      `CREATE ${deferred ? 'CONSTRAINT ' : ''}TRIGGER ${quoteIdentifier(name)} ${fires} ON ${quoted}`,
      ...(deferred ? ['DEFERRABLE INITIALLY DEFERRED'] : []),
      `FOR EACH ${each} EXECUTE FUNCTION ${execute}`,
    ].join('\n'),
  };
}
