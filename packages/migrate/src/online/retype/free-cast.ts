import type { TypeName } from './type-name.ts';

/** Whether ALTER TYPE between them changes the catalog alone: the stored bytes of every value stay as they are. By PostgreSQL's binary
 *  coercible casts and the casts that only widen a modifier. What is not known is not free. */
export function isFreeCast(from: TypeName, to: TypeName): boolean {
  if (from.isArray || to.isArray) return sameType(from, to);
  if (from.base === to.base) return sameType(from, to) || widens(from, to);
  const plain = to.modifiers.length === 0;
  return plain && FREE.has(`${from.base} → ${to.base}`);
}

const FREE = new Set([
  'character varying → text',
  'text → character varying',
  'cidr → inet',
  'xml → text',
  'xml → character varying',
  'integer → oid',
  'oid → integer',
  'text → citext',
  'character varying → citext',
  'citext → text',
  'citext → character varying',
]);

function sameType(from: TypeName, to: TypeName): boolean {
  return from.base === to.base && from.isArray === to.isArray && from.modifiers.join() === to.modifiers.join();
}

/** Types whose one modifier is a limit. */
const LIMITED = new Set([
  'character varying',
  'bit varying',
  'timestamp with time zone',
  'timestamp without time zone',
  'time with time zone',
  'time without time zone',
]);

function widens(from: TypeName, to: TypeName): boolean {
  const [fromFirst, fromScale = 0] = from.modifiers;
  const [toFirst, toScale = 0] = to.modifiers;
  if (from.base === 'numeric') {
    if (toFirst === undefined) return true;
    return fromFirst !== undefined && fromScale === toScale && toFirst >= fromFirst;
  }
  if (!LIMITED.has(from.base)) return false;
  if (toFirst === undefined) return true;
  return fromFirst !== undefined && toFirst >= fromFirst;
}
