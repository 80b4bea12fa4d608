import type { Sql } from 'postgres';
import type { DomainConfig } from '../config/config.ts';
import { openSession, type Session } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import { ensureHistory } from '../history/ensure.ts';
import { isProduction } from '../history/production.ts';
import { judge } from '../rehearse/assess.ts';
import { cloneOrReplay } from '../rehearse/copy/clone-or-replay.ts';
import type { Copy } from '../rehearse/copy/copy.ts';
import { replayCatalog } from '../rehearse/copy/replay-catalog.ts';
import { readStatistics } from '../rehearse/copy/statistics.ts';
import { type MeasureOptions, measure, type Work } from '../rehearse/measure.ts';
import { readProbeTable } from '../rehearse/probe/probe-table.ts';
import { largest, type Touched } from '../rehearse/probe/touched-tables.ts';
import { asResult } from '../rehearse/rehearse-on.ts';
import type { Rehearsal } from '../rehearse/report.ts';
import { type AdoptOptions, type AdoptRun, adoptDomain, lookFirst, onDomain, requireAnswers } from './adopt-domain.ts';
import { keyOf } from './apply-adoption.ts';
import { admitFinish, finishAdoption } from './finish-adoption.ts';
import { at } from './names.ts';
import { ensureAdoptions, readAdoption } from './store.ts';

export interface RehearseAdoptionOptions extends MeasureOptions {
  /** `adopt` beside the old application, `finish` beside the new one. */
  readonly act: 'adopt' | 'finish';
  /** Server for a copy that is no clone. Undefined: a clone where that can be, else the scratch server. */
  readonly scratchUrl: string | undefined;
  /** Rows of the largest table of a copy that is no clone. */
  readonly rows: number;
  /** Where row counts are read. Undefined: in the database itself. */
  readonly statistics: Target | undefined;
  /** Longest wait of the probe, in milliseconds. Undefined: there is no limit. */
  readonly budgetMs: number | undefined;
  /** Whatever must be undone also where the process is interrupted. */
  readonly guard: (copy: AsyncDisposable) => void;
}

/** Plays an adoption, or its finish, on a copy of the database, which is dropped afterwards: by the code that does it, beside writers and
 *  readers that are timed. The database itself is only read.
 *  @throws {DbError} DB_PRODUCTION without a server for the copy; DB_ADOPT_STATE, DB_ADOPT_NOTHING and DB_ADOPT_DECISION as the act itself;
 *  what fails on the copy is a result */
export async function rehearseAdoption(
  domain: DomainConfig,
  adoption: AdoptOptions,
  options: RehearseAdoptionOptions,
): Promise<Rehearsal> {
  const { target } = adoption;
  const found = await onDomain(domain, { ...adoption, yes: false }, (run) => find(run, options.act));
  const facts = { domain: domain.name, source: target.label };
  if (found.tables === null) return { ...facts, ...NOTHING, ratePerSecond: options.ratePerSecond };
  await using opened = new AsyncDisposableStack();
  options.guard({ [Symbol.asyncDispose]: () => opened.disposeAsync() });
  const copy = opened.use(await copyOf(domain, adoption, found, options));
  const run = await measure(copy, workOn(domain, copy, adoption, found.tables, options), options);
  const budget = options.budgetMs === undefined ? null : judge(run.migrations, run.controlMs, options.budgetMs);
  return { ...facts, copy: copy.report, ...run, budget };
}

const NOTHING = {
  ...{ copy: null, migrations: [], probed: [], controlMs: 0, longestWait: null, budget: null, failed: null },
} as const;

/** A table of the probe: by which name it is written to, and where its keys are read. */
interface Place {
  readonly name: string;
  readonly keysOf: string;
}

interface Found {
  /** NULL: there is nothing to do. */
  readonly tables: readonly Place[] | null;
  readonly fromSchema: string;
  readonly serverVersion: number;
  readonly production: boolean;
}

/** What would be done, asked of the live database; read-only. */
async function find(run: AdoptRun, act: RehearseAdoptionOptions['act']): Promise<Found> {
  const { session, domain, options } = run;
  const { serverVersion } = session;
  const facts = { serverVersion, production: await isProduction(session) };
  const stored = act === 'finish' ? await admitFinish(run) : await readAdoption(session.sql, domain.name);
  if (stored === null) {
    const seen = await lookFirst(run);
    requireAnswers(seen, options);
    const places = seen.plan.tables.map(({ from, legacyName }) => at(from, legacyName));
    return { ...facts, fromSchema: options.fromSchema, tables: places.map((name) => ({ name, keysOf: name })) };
  }
  const { fromSchema, work, state, waiting } = stored;
  const over = act === 'finish' ? state === 'finished' && waiting.length === 0 : state !== 'adopting';
  const tables = work.tables.map((table) => {
    const name = at(domain.schema, table.name);
    return { name, keysOf: work.keepInPlace ? at(table.from, table.legacyName) : name };
  });
  return { ...facts, fromSchema, tables: over ? null : tables };
}

async function copyOf(
  domain: DomainConfig,
  { target, scratch, lock }: AdoptOptions,
  found: Found,
  options: RehearseAdoptionOptions,
): Promise<Copy> {
  const { rows, talk } = options;
  return await cloneOrReplay({ ...found, domain: domain.name, target }, options, async (why) => {
    const schemas = [...new Set([found.fromSchema, domain.schema])];
    await using counted = await openSession(options.statistics ?? target, { app: 'db rehearse', readOnly: true });
    const read = await Promise.all(schemas.map((schema) => readStatistics(counted.sql, schema)));
    const statistics = new Map(read.flatMap((one) => [...one]));
    const histories = (await readAdoption(counted.sql, domain.name)) === null ? [] : [domain.name, keyOf(domain.name)];
    const ensure = async (session: Session) => {
      await ensureHistory(session, lock);
      await ensureAdoptions(session, lock);
    };
    return await replayCatalog(target, scratch, { schemas, histories, ensure, why, rows, statistics, talk });
  });
}

function workOn(
  domain: DomainConfig,
  copy: Copy,
  adoption: AdoptOptions,
  places: readonly Place[],
  { act, tablesMax }: RehearseAdoptionOptions,
): Work {
  const run = act === 'finish' ? finishAdoption : adoptDomain;
  return {
    domain: domain.name,
    application: act === 'finish' ? 'of the new build' : 'of before',
    touched: (sql) => probedOf(sql, places, tablesMax),
    run: (observer) => asResult(run(domain, { ...adoption, target: copy.target, yes: true, observer })),
  };
}

async function probedOf(sql: Sql, places: readonly Place[], max: number): Promise<Touched> {
  const found = await Promise.all(
    places.map(async ({ name, keysOf }) => {
      const table = await readProbeTable(sql, keysOf);
      return table === null ? null : { ...table, table: await printed(sql, name) };
    }),
  );
  return largest(
    found.filter((table) => table !== null),
    max,
  );
}

/** Quoted only where it must be, as reports name relations. */
async function printed(sql: Sql, name: string): Promise<string> {
  const [row] = await sql<{ printed: string }[]>`
    SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS printed
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(${name})`;
  return row?.printed ?? name;
}
