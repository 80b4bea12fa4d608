import type { DomainConfig, DomainModule } from '../config/config.ts';
import type { Session } from '../connect/session.ts';
import { sqlStateOf } from '../errors/from-driver.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { choosePoint } from './choose-point.ts';
import { type DataStep, judgeDataSteps } from './data-steps.ts';
import type { Case } from './draft.ts';
import { forecastOf } from './forecast.ts';
import type { SchemaModel } from './model.ts';
import type { AdoptionPlan, Forecast } from './plan.ts';
import { planAdoption } from './plan-adoption.ts';
import { readModel } from './read-model.ts';
import { readSurroundings } from './read-surroundings.ts';
import type { Point } from './read-target.ts';
import { type LedgerSeen, seeLedgers } from './see-ledgers.ts';

export interface LookOptions {
  readonly fromSchema: string;
  readonly keepInPlace: boolean;
  readonly decisions: Readonly<Record<string, string>>;
  readonly phase: 'adopt' | 'finish';
  /** Names of the migrations that are adopted already. Absent: the newest point is chosen. */
  readonly adopted?: ReadonlySet<string>;
  /** At `finish`: views under the old names. */
  readonly oldNames?: Case['oldNames'];
  readonly onAsk?: ((query: string) => void) | undefined;
}

/** What an adoption would do, and what it was told by. */
export interface Look {
  readonly plan: AdoptionPlan;
  /** Migrations that count as adopted, oldest first. */
  readonly adopted: readonly ParsedMigration[];
  /** Migrations that `migrate` runs afterwards. */
  readonly pending: readonly string[];
  /** Data steps of adopted migrations. */
  readonly dataSteps: readonly DataStep[];
  readonly forecast: readonly Forecast[];
  readonly ledgers: readonly LedgerSeen[];
  readonly sessions: readonly string[];
  readonly point: Point | null;
  readonly live: SchemaModel;
  readonly own: SchemaModel;
}

/** Reads a database and plans its adoption. Read-only. */
export async function look(
  session: Session,
  domain: DomainConfig,
  module: DomainModule,
  points: readonly Point[],
  options: LookOptions,
): Promise<Look> {
  const { schema } = domain;
  const from = options.phase === 'finish' ? schema : options.fromSchema;
  const own = await readModel(session.sql, schema);
  const live = from === schema ? own : await readModel(session.sql, from);
  const surroundings = await readSurroundings(session.sql, from);
  const about = {
    phase: options.phase,
    live,
    own,
    mapping: module.adopt?.tables ?? {},
    decisions: options.decisions,
    surroundings,
    keepInPlace: options.keepInPlace,
    oldNames: options.oldNames ?? [],
  };
  const head = points.at(-1);
  if (head === undefined) throw new Error('a history without a migration');
  const places = placesOf({ ...about, target: head.model, facts: new Map() });
  const steps = await judgeDataSteps(session, module.backfills, schema, places);
  const count = pointOf(about, points, schema, steps, options);
  const point = points[count - 1] ?? null;
  const plan = await planWithFacts(
    session,
    { ...about, target: point?.model ?? { ...head.model, relations: [], types: [], functions: [], sequences: [] } },
    options,
  );
  const adopted = points.slice(0, count).map(({ migration }) => migration);
  const waitedFor = new Set(adopted.flatMap(({ header }) => header.afterBackfill));
  const bytes = new Map(
    plan.tables.flatMap(({ name, legacyName }) =>
      [own, live].flatMap(({ relations }) =>
        relations.filter((one) => one.name === legacyName).map((one) => [name, one.bytes] as const),
      ),
    ),
  );
  return {
    plan,
    adopted,
    pending: points.slice(count).map(({ migration }) => migration.name),
    dataSteps: steps.filter(({ name }) => waitedFor.has(name)),
    forecast: forecastOf(plan, bytes),
    ledgers: await seeLedgers(session.sql, adopted),
    sessions: surroundings.sessions,
    point,
    live,
    own,
  };
}

type About = Omit<Case, 'target' | 'facts'>;

function placesOf(given: Case): ReadonlyMap<string, { readonly schema: string; readonly name: string }> {
  return new Map(
    planAdoption(given).plan.tables.map(({ name, from, legacyName }) => [name, { schema: from, name: legacyName }]),
  );
}

function pointOf(
  about: About,
  points: readonly Point[],
  schema: string,
  steps: readonly DataStep[],
  { adopted }: LookOptions,
): number {
  if (adopted !== undefined) return points.findLastIndex(({ migration }) => adopted.has(migration.name)) + 1;
  const done = new Set(steps.filter((step) => step.done).map(({ name }) => name));
  const judged = points.map(({ migration, catalog, model }) => ({
    name: migration.name,
    catalog,
    objects: planAdoption({ ...about, target: model, facts: new Map() }).plan.objects,
    statements: migration.statements.map(({ kind }) => kind),
    dataStepsLeft: migration.header.afterBackfill.filter((name) => !done.has(name)),
  }));
  return choosePoint(judged, schema, about.mapping);
}

/** What cannot be counted, for types that have no comparison or values that do not fit, counts as one row in the way. */
async function answer(sql: Session['sql'], query: string): Promise<number> {
  try {
    const [row] = await sql.unsafe(query).values();
    return Number(row?.[0] ?? 0);
  } catch (error) {
    if (/^(22|42)/.test(sqlStateOf(error) ?? '') && sqlStateOf(error) !== INSUFFICIENT_PRIVILEGE) return 1;
    throw error;
  }
}

const INSUFFICIENT_PRIVILEGE = '42501';

/** A plan asks, and is made again with the answers; each round asks less. */
async function planWithFacts(
  { sql }: Session,
  about: Omit<Case, 'facts'>,
  { onAsk }: LookOptions,
): Promise<AdoptionPlan> {
  const facts = new Map<string, number>();
  for (;;) {
    const { plan, asks } = planAdoption({ ...about, facts });
    const open = asks.filter((query) => !facts.has(query));
    if (open.length === 0) return plan;
    for (const query of open) {
      onAsk?.(query);
      facts.set(query, await answer(sql, query));
    }
  }
}
