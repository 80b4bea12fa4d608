import { z } from 'zod';

/** What the environment sets for data steps. Connections are the engine's and the applications' own. */
export interface Env {
  /** TRAIN_ACCOUNT_MAP: domain (train id) → account id, for the step account-ids. Empty when unset. */
  readonly trainAccountMap: Readonly<Record<string, string>>;
}

const accountMap = z.record(z.string().min(1), z.string().min(1).max(255));

/** @throws {Error} naming the variable, what was expected and what is wrong with it */
export function parseEnv(source: Readonly<Record<string, string | undefined>>): Env {
  const text = source['TRAIN_ACCOUNT_MAP']?.trim() ?? '';
  if (text === '') return { trainAccountMap: {} };
  const parsed = accountMap.safeParse(parseJson(text));
  if (parsed.success) return { trainAccountMap: parsed.data };
  throw new Error(
    'TRAIN_ACCOUNT_MAP: expected a JSON object of domain → account id, for example {"team.example.com": "acc_team"}; ' +
      z.prettifyError(parsed.error),
  );
}

/** The process' environment, read when it is needed, so that a fault in it stops only what depends on it.
 *  @throws {Error} as parseEnv */
export function readEnv(): Env {
  return parseEnv(process.env);
}

/** Where the server is, for a URL that does not say: PGHOST, PGPORT. */
export function readServerEnv(): { readonly host: string | undefined; readonly port: string } {
  return { host: process.env['PGHOST'] || undefined, port: process.env['PGPORT'] || '5432' };
}

/** undefined where the text is no JSON: no schema accepts that. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
