import { catalogHash } from '../catalog/catalog.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { DomainConfig } from '../config/config.ts';
import type { Session } from '../connect/session.ts';
import { judgeDrift } from '../drift/allow.ts';
import { driftDifferences } from '../drift/differences.ts';
import { madeAgain } from '../drift/made-again.ts';
import { readRecording } from '../drift/recording.ts';
import type { HistoryRead } from '../history/read.ts';
import { ifNotLocked } from './if-not-locked.ts';

export interface CatalogVerdict {
  /** `equal`, up to the allow-list; `drift`; or why nothing was compared. */
  readonly state: 'equal' | 'drift' | 'not recorded' | 'open' | 'locked';
  readonly findings: readonly string[];
  readonly notes: readonly string[];
}

/** Compares the fingerprint of the live catalog with the recorded one; only where it differs are the catalogs compared object by
 *  object, and the allow-list asked. What cannot be compared is a note: the history has spoken already. */
export async function verifyCatalog(
  session: Session,
  domain: DomainConfig,
  history: HistoryRead,
): Promise<CatalogVerdict> {
  if (history.recording === 'open') return note('open', 'the catalog was not compared: a run goes on, or was cut');
  if (history.recording === 'missing')
    return note('not recorded', 'the catalog was not compared: nothing is recorded yet; `pnpm db migrate` records it');
  const live = await ifNotLocked(readCatalog(session.sql, [domain.schema]));
  if (live === null)
    return note('locked', 'the catalog was not compared: a table is locked; `pnpm db locks` shows by whom');
  if (catalogHash(live) === history.catalogHash) return { state: 'equal', findings: [], notes: [] };
  const expected = history.recording === 'empty' ? null : (await readRecording(session.sql, domain.name)).expected;
  const all = driftDifferences(expected ?? new Map(), live);
  const again = await madeAgain(session.sql, domain.name, expected ?? new Map(), all);
  const { differences } = judgeDrift(all, [...(domain.drift ?? []), ...again]);
  return {
    state: differences.length === 0 ? 'equal' : 'drift',
    findings: differences
      .filter(({ partOf }) => partOf === null)
      .map(({ state, object }) => `drift: ${object} is ${state}`),
    notes: [],
  };
}

function note(state: CatalogVerdict['state'], text: string): CatalogVerdict {
  return { state, findings: [], notes: [text] };
}
