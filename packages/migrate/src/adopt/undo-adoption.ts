import { type CatalogDifference, catalogFromJson, compareCatalogs } from '../catalog/catalog.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { DomainConfig } from '../config/config.ts';
import { countOf } from '../errors/count-of.ts';
import { DbError } from '../errors/db-error.ts';
import { sqlLiteral } from '../history/history-statement.ts';
import { readHistoryOf } from '../history/read.ts';
import { journalText } from '../history/write.ts';
import { lockName, withLock } from '../lock/try-lock.ts';
import { type AdoptOptions, type AdoptRun, onDomain } from './adopt-domain.ts';
import { inOneTransaction, keyOf, workingPath } from './apply-adoption.ts';
import { q } from './names.ts';
import { type AdoptReport, storedReport } from './report.ts';
import { heldHere } from './search-paths.ts';
import { readAdoption, type StoredAdoption } from './store.ts';
import { keepingTexts, keptNotes, type Written, writtenSince } from './written-since.ts';

/** Restores names, schema, columns, defaults and search paths as they were found, in one transaction, also of an adoption that was cut.
 *  What was written since into tables and columns that the adoption made is copied aside first.
 *  @throws {DbError} DB_ADOPT_STATE where something was finished, or a later migration applied; DB_ADOPT, DB_LOCK_TIMEOUT */
export async function undoAdoption(domain: DomainConfig, options: AdoptOptions): Promise<AdoptReport> {
  return await onDomain(domain, options, async (run) => {
    const stored = await admit(run);
    if (!options.yes) {
      const notes = keptNotes(await writtenSince(run.session.sql, domain.name, domain.schema, stored));
      return { ...storedReport(domain, options, stored, 'shown'), notes };
    }
    return await withLock(run.session, lockName.domain(domain.name), options.lock, async () => {
      const still = await admit(run);
      const notes = keptNotes(await undo(run, still));
      await prove(run, still);
      return { ...storedReport(domain, options, still, 'undone'), notes };
    });
  });
}

async function admit({ session, domain }: AdoptRun): Promise<StoredAdoption> {
  const stored = await readAdoption(session.sql, domain.name);
  const refuse = (why: string, fix: string) =>
    new DbError('DB_ADOPT_STATE', { why, fix, changed: 'nothing was changed' });
  if (stored === null)
    throw refuse('the domain was not adopted here', 'check the URL; `pnpm db status` shows what is applied');
  if (stored.state === 'finishing' || stored.state === 'finished')
    throw refuse('the adoption is finished: the old names and twins are gone', 'restore a backup');
  const { applied } = await readHistoryOf(session, domain.name);
  const later = applied.filter(({ name }) => !stored.work.adopted.includes(name));
  if (later.length === 0) return stored;
  throw refuse(
    `${countOf(later.length, 'migration')} applied since: ${later.map(({ name }) => name).join(', ')}`,
    `roll them back first: \`pnpm db rollback --domain <domain> --steps ${later.length}\``,
  );
}

async function undo({ session, domain, options }: AdoptRun, stored: StoredAdoption): Promise<readonly Written[]> {
  const { undo: texts, fromSchema, state } = stored;
  const written = await writtenSince(session.sql, domain.name, domain.schema, stored);
  const name = sqlLiteral(domain.name);
  const forget = [
    ...['applied', 'catalogs', 'backfills', 'adoptions'].map(
      (table) => `DELETE FROM migrations.${table} WHERE domain = ${name}`,
    ),
    ...['steps', 'backfills'].map(
      (table) => `DELETE FROM migrations.${table} WHERE domain = ${sqlLiteral(keyOf(domain.name))}`,
    ),
    journalText(domain.name, '*', 'adoption undone', { from: fromSchema, was: state, appVersion: options.appVersion }),
  ];
  // What was found calls functions of the schema that it was found in.
  const path = [...new Set([q(fromSchema), ...workingPath(domain.schema, fromSchema).split(', ')])].join(', ');
  await inOneTransaction(session, [...keepingTexts(written), ...(await heldHere(session.sql, texts))], {
    path,
    before: 'SELECT 1',
    after: forget.join('; '),
    at: 'undo of the adoption',
  });
  return written;
}

/** PostgreSQL takes no label out of an enum again; nobody uses it. */
function hasMoreLabels({ object, left, right }: CatalogDifference): boolean {
  const is = new Set(right?.split(', '));
  return (
    object.startsWith('type ') && left?.startsWith("'") === true && left.split(', ').every((label) => is.has(label))
  );
}

async function prove({ session, domain }: AdoptRun, { found, fromSchema }: StoredAdoption): Promise<void> {
  const live = await readCatalog(session.sql, [...new Set([fromSchema, domain.schema])]);
  // An index that was INVALID is built again where the type of a column came back.
  const valid = ({ object, left, right }: CatalogDifference) =>
    object.startsWith('index ') && left === `${right} INVALID`;
  const left = compareCatalogs(catalogFromJson(found), live).filter((one) => !valid(one) && !hasMoreLabels(one));
  if (left.length === 0) return;
  throw new DbError('DB_ADOPT_PROOF', {
    why: `undone, but not all is as it was found: ${left.map(({ object, left: was, right }) => `\n  ${object}: was ${was ?? 'not there'}, is ${right ?? 'not there'}`).join('')}`,
    fix: 'look at the objects that are named',
    changed: 'the adoption is undone',
    data: { differences: left },
  });
}
