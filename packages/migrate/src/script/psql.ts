import { quoteLiteral } from '../objects/quote.ts';

/** Sets a variable of psql to the answer. */
export function ask(variable: string, condition: string): string {
  return `SELECT ${condition} AS ${variable} \\gset`;
}

/** Stops the script where a condition does not hold. */
export function insist(condition: string, otherwise: string): string {
  return `DO $insist$ BEGIN IF NOT ${condition} THEN RAISE EXCEPTION '%', ${quoteLiteral(otherwise)}; END IF; END $insist$;`;
}
