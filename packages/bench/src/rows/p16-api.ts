import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { createTestDatabase, startPostgres } from '@repo/local-postgres';
import { defineRow } from '../harness/row.ts';
import { defineVariant, type Variant } from '../harness/variant.ts';
import { type Child, startChild } from '../support/child.ts';
import { connectControl } from '../support/connect-control.ts';
import { withConnection } from '../support/connection.ts';
import { root } from '../support/root.ts';
import { serverVersion } from '../support/server-version.ts';
import { buildOurs } from './p9/databases.ts';
import type { Answer as LoadAnswer, Order as LoadOrder } from './p16/load.ts';

const RATE = 'requests per second';
const P99 = 'p99 of a request';
const CONNECTIONS = 64;
const REQUESTS = 6_000;
/** Of each shop. */
const JOBS = 100;
const SHOPS = CONNECTIONS;
const LIST = 'GET /jobs';
const APART = 'GET /jobs, a shop each';
const CONSTANT = 'a constant';

interface Shared extends AsyncDisposable {
  readonly server: Awaited<ReturnType<typeof startPostgres>>;
  readonly serverVersion: string;
  readonly api: { readonly url: string; readonly tokens: readonly string[] };
  readonly load: Child<LoadOrder, LoadAnswer>;
}

/** What the optimizer's API adds to its HTTP server. */
export const api = defineRow({
  id: 'P16',
  title: 'An API call against the same server answering a constant',
  target: `${LIST} under ${CONNECTIONS} connections ≥ 0.7 × the same server answering a constant`,
  units: { [RATE]: 'requests/s', [P99]: 'ms' },
  setup: open,
  facts: (shared: Shared) => [
    `PostgreSQL ${shared.serverVersion}, embedded binaries, fsync off. \`apps/optimizer-api\` is one process, autocannon another, with ${CONNECTIONS} connections.`,
    `${LIST}: token checked, rate counted, a transaction with the tenant set, 20 of ${JOBS} jobs, signed cursor, logged and measured. Calls of one shop for one page at one time share the next read.`,
  ],
  control: connectControl(({ server }: Shared) => server),
  variants: [
    asks(LIST, '/jobs', 1, 'a page of 20 jobs of one shop, as the app role under row-level security'),
    asks(APART, '/jobs', SHOPS, 'the same, each connection another shop: nothing can be shared'),
    asks(CONSTANT, '/live', 1, '`/live` of the same process: the same middleware, no token, no database'),
  ],
  bounds: [],
  ratios: [
    { of: LIST, to: CONSTANT, figure: RATE, limit: { min: 0.7 } },
    { of: APART, to: CONSTANT, figure: RATE },
  ],
});

function asks(name: string, path: string, shops: number, about: string): Variant<Shared> {
  return defineVariant({
    name,
    about,
    operations: REQUESTS,
    setup: async (shared: Shared) => shared,
    run: async ({ api: { url, tokens }, load }) => {
      const answer = await load.ask({
        url: url + path,
        tokens: tokens.slice(0, shops),
        connections: CONNECTIONS,
        requests: REQUESTS,
      });
      return { [RATE]: answer.requestsPerSecond, [P99]: answer.p99Ms };
    },
  });
}

async function open(): Promise<Shared> {
  await using opening = new AsyncDisposableStack();
  const server = opening.use(await startPostgres({ source: 'embedded' }));
  const database = await createTestDatabase(undefined, { server: server.url });
  opening.defer(() => database.drop());
  await buildOurs(database.url, 0);
  await withConnection(database.url, (sql) =>
    sql.unsafe(`
      INSERT INTO optimizer.jobs (instance_id, status, source_scope, source_ids, attributes, target_lang, user_prompt, created_at)
      SELECT 'shop-' || shop, 'DONE', 'products', '[]', '["name"]', 'en', 'short', now() - n * interval '1 minute'
      FROM generate_series(1, ${SHOPS}) AS shop, generate_series(1, ${JOBS}) AS n;
      ANALYZE optimizer.jobs`),
  );
  const program = join(root, 'apps/optimizer-api/bench/api.ts');
  const served = opening.use(
    await startChild<{ instanceIds: readonly string[] }, Shared['api']>(program, environment(database.url)),
  );
  const load = opening.use(await startChild<LoadOrder, LoadAnswer>(join(import.meta.dirname, 'p16/load.ts')));
  const instanceIds = Array.from({ length: SHOPS }, (_, n) => `shop-${n + 1}`);
  const shared = { api: await served.ask({ instanceIds }), serverVersion: await serverVersion(server.url) };
  const stack = opening.move();
  return { ...shared, server, load, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function environment(url: string): Readonly<Record<string, string>> {
  const asApp = new URL(url);
  asApp.searchParams.set('role', 'optimizer_app');
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    OPTIMIZER_DATABASE_URL: asApp.href,
    PORT: '0',
    LOG_LEVEL: 'error',
    PUBLIC_URL: 'http://localhost',
    WIX_APP_ID: 'bench',
    WIX_APP_SECRET: 'secret of the bench',
    WIX_WEBHOOK_PUBLIC_KEY: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    TOKEN_KEYS: `k:${Buffer.alloc(32).toString('base64')}`,
    CURSOR_SECRET: 'secret of the cursors',
    REQUESTS_PER_MINUTE: '1000000',
  };
}
