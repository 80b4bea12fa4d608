import type { Sql } from 'postgres';
import { runSteps } from '../apply/in-steps.ts';
import type { Backfill } from '../backfill/backfill.ts';
import { runBackfill } from '../backfill/run.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { DomainConfig } from '../config/config.ts';
import { expectedText } from '../drift/recording.ts';
import { countOf } from '../errors/count-of.ts';
import { DbError } from '../errors/db-error.ts';
import { sqlStateOf } from '../errors/from-driver.ts';
import { sqlLiteral } from '../history/history-statement.ts';
import { readHistoryOf } from '../history/read.ts';
import { journalText } from '../history/write.ts';
import { lockName, withLock } from '../lock/try-lock.ts';
import { parseSql, wholeNode } from '../sql/parse.ts';
import { type AdoptOptions, type AdoptRun, onDomain } from './adopt-domain.ts';
import { inOneTransaction, keyOf, workingPath } from './apply-adoption.ts';
import { asFound } from './as-found.ts';
import { asMigration } from './as-migration.ts';
import type { OldName } from './draft.ts';
import { type Look, look } from './look.ts';
import { at, q } from './names.ts';
import type { Act, LaterStep, Waiting } from './plan.ts';
import { partsOf } from './plan-move.ts';
import { unexplained } from './prove.ts';
import { applyRowRule, countRule, type Quarantined, quarantine, quarantineOf } from './quarantine.ts';
import { readModel } from './read-model.ts';
import { readReferrers } from './referrers.ts';
import { type AdoptReport, reportOf, storedReport } from './report.ts';
import { heldHere } from './search-paths.ts';
import { readAdoption, type StoredAdoption, updateText } from './store.ts';
import { swapTypes } from './swap-types.ts';
import { watched, watchedRows } from './watched.ts';

/** Tightens what waited, and takes the twins and the old names away. The data is asked first; rows that the domain does not allow go to
 *  a quarantine by its rules, and what still does not fit goes on waiting. Cut at any moment, it goes on when it is run again.
 *  @throws {DbError} DB_ADOPT_STATE, DB_ADOPT, DB_STEP, DB_LOCK_TIMEOUT, DB_BACKFILL… */
export async function finishAdoption(domain: DomainConfig, options: AdoptOptions): Promise<AdoptReport> {
  return await onDomain(domain, options, async (run) => {
    const stored = await admitFinish(run);
    if (stored.state === 'finished' && stored.waiting.length === 0)
      return storedReport(domain, options, stored, 'nothing to do');
    if (!options.yes) return await preview(run, stored);
    return await withLock(
      run.session,
      lockName.domain(domain.name),
      options.lock,
      async () => await finish(run, await admitFinish(run)),
    );
  });
}

/** @throws {DbError} DB_ADOPT_STATE where there is nothing to finish */
export async function admitFinish({ session, domain }: AdoptRun): Promise<StoredAdoption> {
  const stored = await readAdoption(session.sql, domain.name);
  const refuse = (why: string, fix: string) =>
    new DbError('DB_ADOPT_STATE', { why, fix, changed: 'nothing was changed' });
  if (stored === null) throw refuse('the domain was not adopted here', 'run `pnpm db adopt --domain <domain>` first');
  if (stored.state === 'adopting')
    throw refuse('the adoption is not through', 'run `pnpm db adopt --domain <domain> --yes` again: it goes on');
  return stored;
}

async function preview(run: AdoptRun, stored: StoredAdoption): Promise<AdoptReport> {
  const { session, domain, module, options } = run;
  const seen = await lookAgain(run, stored);
  const notes: string[] = [];
  for (const [table, { rows = [] }] of Object.entries(module.adopt?.tables ?? {})) {
    if (!stored.work.tables.some(({ name }) => name === table)) continue;
    for (const rule of rows)
      notes.push(`${table}: ${rule.rule}: ${await countRule(session.sql, domain.schema, table, rule)} rows`);
  }
  const report = reportOf(domain, { ...options, fromSchema: stored.fromSchema }, seen, 'shown');
  return { ...report, notes: [...report.notes, ...notes], waiting: report.waiting };
}

async function finish(run: AdoptRun, stored: StoredAdoption): Promise<AdoptReport> {
  const { session, domain, options } = run;
  const name = domain.name;
  if (stored.state !== 'finishing') await session.sql.unsafe(updateText(name, { state: 'finishing' }));
  let later = stored.state === 'finishing' ? stored.work.finish : undefined;
  const moved: Quarantined[] = [];
  if (later === undefined) {
    if (stored.work.keepInPlace) await moveNow(run, stored);
    moved.push(...(await watched(session, options, 'rows that are not allowed', () => clearRows(run, stored))));
    const open = await watched(session, options, 'data steps', () => runWaitingSteps(run, stored));
    const typed = await swapTypes(run, stored, (now) => lookAgain(run, now));
    later = await tighten(run, typed, moved, open);
  }
  await session.sql.unsafe(`SET search_path = ${workingPath(domain.schema, stored.fromSchema)}`);
  const steps = asMigration(later.map(({ sql }) => sql));
  const body = () =>
    runSteps(session, steps, keyOf(name), {
      onProgress: ({ phase }) => options.onEvent?.({ type: 'doing', about: phase }),
      observer: options.observer,
    });
  await watched(session, options, 'beside the application', body, steps);
  await session.sql.unsafe('RESET search_path');
  return await settle(run, stored, moved);
}

/** Tables that stayed in place come into the domain's schema: the old application is gone. */
async function moveNow({ session, domain, options }: AdoptRun, { work, fromSchema }: StoredAdoption): Promise<void> {
  const there = await readModel(session.sql, domain.schema);
  const old = await readModel(session.sql, fromSchema);
  const texts = work.tables
    .filter(({ name }) => there.relations.some((one) => one.name === name && one.kind === 'v'))
    .flatMap(({ name, from, legacyName }) => [
      `DROP VIEW ${at(domain.schema, name)}`,
      ...(legacyName === name ? [] : [`ALTER TABLE ${at(from, legacyName)} RENAME TO ${q(name)}`]),
      ...[name, ...partsOf(old.relations, legacyName).map((part) => part.name)].map(
        (one) => `ALTER TABLE ${at(from, one)} SET SCHEMA ${q(domain.schema)}`,
      ),
    ]);
  if (texts.length === 0) return;
  await inOneTransaction(session, texts, {
    path: workingPath(domain.schema, domain.schema),
    before: 'SELECT 1',
    after: 'SELECT 1',
    at: 'move of the tables',
    observer: options.observer,
  });
}

/** What the domain says of rows that it does not allow. */
async function clearRows(
  { session, domain, module, points, options }: AdoptRun,
  { work }: StoredAdoption,
): Promise<readonly Quarantined[]> {
  const moved: Quarantined[] = [];
  const point = points.findLast(({ migration }) => work.adopted.includes(migration.name));
  if (point === undefined) return moved;
  for (const [table, { rows = [] }] of Object.entries(module.adopt?.tables ?? {})) {
    const live = (await readModel(session.sql, domain.schema)).relations.find((one) => one.name === table);
    if (live === undefined) continue;
    for (const rule of rows) {
      const found = await countRule(session.sql, domain.schema, table, rule);
      if (found === 0) continue;
      options.onEvent?.({ type: 'doing', about: `${table}: ${rule.rule}` });
      const apply = async () => ({ rows: found, ...(await applyRowRule(session.sql, point.model, live, rule)) });
      moved.push(await watchedRows(session, options, `${table}: ${rule.rule}`, apply));
    }
  }
  return moved;
}

/** @returns the data steps that go on waiting: something refuses them, or they would take rows to which others refer */
async function runWaitingSteps(
  { session, domain, module, options }: AdoptRun,
  { waiting }: StoredAdoption,
): Promise<readonly Waiting[]> {
  const open: Waiting[] = [];
  for (const backfill of module.backfills) {
    const object = `data step ${backfill.name}`;
    if (!waiting.some((one) => one.object === object)) continue;
    const why = await refusal(session.sql, backfill, async () => {
      options.onEvent?.({ type: 'doing', about: object });
      const fill = () => runBackfill(session, domain.name, backfill, { lock: options.lock });
      await watchedRows(session, options, backfill.name, fill);
    });
    if (why !== null) open.push({ object, why, rows: null });
  }
  return open;
}

/** Why a data step is not done. NULL: it is. */
async function refusal(sql: Sql, { batch, table }: Backfill, run: () => Promise<void>): Promise<string | null> {
  const [place] = await sql<{ oid: string }[]>`SELECT ${table}::regclass::oid::text AS oid`;
  const referrers = takesRows(batch) ? await readReferrers(sql, place?.oid) : [];
  const [referrer] = referrers;
  if (referrer !== undefined) return `it takes rows, and ${referrer.table} refers to such rows`;
  try {
    await run();
    return null;
  } catch (error) {
    if (error instanceof DbError && (error.code === 'DB_BACKFILL_ROW' || error.code === 'DB_BACKFILL'))
      return error.message;
    // A type that is not the declared one yet: another --finish, once it is, does it.
    if (error instanceof Error && sqlStateOf(error)?.startsWith('42') === true) return error.message;
    throw error;
  }
}

/** Whether a statement deletes, in whatever part of it. */
function takesRows(text: string): boolean {
  const parsed = parseSql(text);
  return (
    parsed.ok && parsed.statements.some((one) => JSON.stringify([one.kind, wholeNode(one)]).includes('"DeleteStmt"'))
  );
}

async function lookAgain(
  { session, domain, module, points, options }: AdoptRun,
  stored: StoredAdoption,
): Promise<Look> {
  const { applied } = await readHistoryOf(session, domain.name);
  return await look(session, domain, module, points, {
    ...options,
    fromSchema: domain.schema,
    keepInPlace: false,
    phase: 'finish',
    adopted: new Set([...stored.work.adopted, ...applied.map(({ name }) => name)]),
    oldNames: oldViews(stored),
  });
}

/** Rows in the way of keys leave first, then the plan is made for good, and what fits is one transaction. */
async function tighten(
  run: AdoptRun,
  stored: StoredAdoption,
  moved: Quarantined[],
  open: readonly Waiting[],
): Promise<readonly LaterStep[]> {
  const { session, domain, options } = run;
  let seen = await lookAgain(run, stored);
  if (seen.plan.leaving.length > 0) {
    const before = seen;
    moved.push(...(await watched(session, options, 'rows in the way', () => takeOut(run, before))));
    seen = await lookAgain(run, stored);
  }
  const { plan } = seen;
  const here = { ...stored, undo: await heldHere(session.sql, stored.undo) };
  const acts = [...oldNamesAway(seen, here), ...plan.acts];
  const work = { ...stored.work, finish: plan.later };
  await inOneTransaction(
    session,
    acts.map(({ sql }) => sql),
    {
      path: workingPath(domain.schema, stored.fromSchema),
      before: [
        `DELETE FROM migrations.steps WHERE domain = ${sqlLiteral(keyOf(domain.name))}`,
        updateText(domain.name, {
          work: JSON.stringify(work),
          waiting: JSON.stringify([...open, ...plan.waiting, ...stayed(plan)]),
          retained: JSON.stringify(keptOf(seen, stored)),
        }),
      ].join('; '),
      after: 'SELECT 1',
      at: 'finish of the adoption',
      observer: options.observer,
    },
  );
  return plan.later;
}

/** What waits because rows in its way did not leave. */
function stayed({ leaving, waiting }: Look['plan']): readonly Waiting[] {
  return leaving
    .filter(({ object }) => !waiting.some((one) => one.object === object))
    .map(({ object }) => ({ object, why: 'rows in its way could not leave the table', rows: null }));
}

/** Takes rows in the way of keys to their quarantine. */
async function takeOut({ session, options }: AdoptRun, { plan, point, own }: Look): Promise<readonly Quarantined[]> {
  const moved: Quarantined[] = [];
  for (const leaving of plan.leaving) {
    const live = own.relations.find(({ name }) => name === leaving.table);
    if (live === undefined || point === null) continue;
    const about = `${leaving.table}: ${leaving.reason}`;
    options.onEvent?.({ type: 'doing', about });
    const leave = () => quarantine(session.sql, point.model, live, leaving);
    moved.push(await watchedRows(session, options, about, leave));
  }
  return moved;
}

function oldViews({ retained, fromSchema: schema }: StoredAdoption): readonly OldName[] {
  const prefix = `view ${schema}.`;
  return retained
    .filter(({ object }) => object.startsWith(prefix))
    .map(({ object }) => ({ schema, name: object.slice(prefix.length) }));
}

/** Views, types and search paths for the old application; a view that somebody else's view reads stays. */
function oldNamesAway({ plan }: Look, { retained, fromSchema, undo }: StoredAdoption): readonly Act[] {
  const acts: Act[] = [];
  const push = (sql: string) => acts.push({ stage: 'schema', about: 'old names', sql, undo: [], early: false });
  for (const { object } of retained) {
    if (object.startsWith(`view ${fromSchema}.`) && !plan.retained.some((one) => one.object === object))
      push(`DROP VIEW IF EXISTS ${at(fromSchema, object.slice(`view ${fromSchema}.`.length))}`);
    if (object.startsWith(`type ${fromSchema}.`))
      push(`DROP DOMAIN IF EXISTS ${at(fromSchema, object.slice(`type ${fromSchema}.`.length))}`);
  }
  for (const sql of undo) if (sql.startsWith('ALTER ROLE ')) push(sql);
  return acts;
}

/** What the database keeps from now on. */
function keptOf({ plan, own, point }: Look, stored: StoredAdoption): StoredAdoption['retained'] {
  const gone = (object: string) =>
    object.startsWith(`view ${stored.fromSchema}.`) ||
    object.startsWith(`type ${stored.fromSchema}.`) ||
    object.includes('_adopt_twins') ||
    (object.startsWith('index ') && object.endsWith('_adopting')) ||
    object.startsWith('column ');
  const before = stored.retained.filter(({ object }) => !gone(object));
  // Also those that a run before this one has filled.
  const places = stored.work.tables.flatMap(({ name }) => {
    const place = point === null ? null : quarantineOf(point.model, own.relations, name);
    return own.relations
      .filter((one) => one.name === place)
      .map((one) => ({ object: `table ${one.name}`, why: 'rows that the declared schema does not allow' }));
  });
  return [
    ...plan.retained,
    ...before.filter(({ object }) => ![...plan.retained, ...places].some((one) => one.object === object)),
    ...places,
  ];
}

async function settle(run: AdoptRun, stored: StoredAdoption, moved: readonly Quarantined[]): Promise<AdoptReport> {
  const { session, domain, options } = run;
  const live = await readCatalog(session.sql, [domain.schema]);
  const now = (await readAdoption(session.sql, domain.name)) ?? stored;
  const point = run.points.findLast(({ migration }) => stored.work.adopted.includes(migration.name));
  const left = point === undefined ? [] : unexplained(point.catalog, live, domain.schema, now);
  const untouched = asFound(left, now, domain.schema);
  const waiting = [
    ...now.waiting,
    ...untouched.waiting,
    ...untouched.left.map(({ object, state }) => ({ object, why: `${state}: not as declared`, rows: null })),
  ];
  const retained = [...now.retained, ...untouched.retained];
  await session.sql.unsafe(
    [
      expectedText(domain.name, live),
      `DELETE FROM migrations.steps WHERE domain = ${sqlLiteral(keyOf(domain.name))}`,
      updateText(domain.name, {
        state: 'finished',
        retained: JSON.stringify(retained),
        waiting: JSON.stringify(waiting),
      }),
      journalText(domain.name, '*', 'adoption finished', {
        from: stored.fromSchema,
        moved: moved.reduce((sum, { rows }) => sum + rows, 0),
        appVersion: options.appVersion,
      }),
    ].join(';\n'),
  );
  const after = (await readAdoption(session.sql, domain.name)) ?? stored;
  const report = storedReport(domain, options, after, 'finished');
  return { ...report, notes: moved.map(({ table, rows, why }) => `${table}: ${countOf(rows, 'row')}: ${why}`) };
}
