import { HEADS } from './heads.ts';

/** PostgreSQL cuts longer ones off. */
const BYTES_MAX = 63;

/** The application_name of a program: what it is called, and the newest migration of the domain that its build knows. A long name is
 *  cut, the migration never. */
export function buildName(app: string, domain: keyof typeof HEADS): string {
  const knows = ` ${domain}@${HEADS[domain]}`;
  const letters = [...app];
  while (Buffer.byteLength(letters.join('')) > BYTES_MAX - knows.length) letters.pop();
  return letters.join('') + knows;
}
