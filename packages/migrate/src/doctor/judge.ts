import type { ServerFacts } from './facts.ts';

/** `no`: a migration would fail, or should not run. `warn`: it may, and somebody should know. */
export type Verdict = 'ok' | 'warn' | 'no';

export interface Finding {
  readonly check: string;
  readonly verdict: Verdict;
  /** What was found; with `warn` and `no` also what to do. */
  readonly text: string;
}

const OLDEST = 15;
const NEWEST = 18;
/** Names of migrations are moments: a wrong clock puts them in the wrong order. */
const SKEW_SECONDS = 5;
const LOCAL = /^(127\.|::1$)/;

/** What a migrator should know of a server before it starts. Pure. */
export function judgeServer(facts: ServerFacts): readonly Finding[] {
  return [
    version(facts),
    writable(facts),
    tls(facts),
    clock(facts),
    permissions(facts),
    extensions(facts),
    searchPath(facts),
    timeouts(facts),
    connections(facts),
    transactions(facts),
    indexes(facts),
  ];
}

function version({ version: full, major }: ServerFacts): Finding {
  if (major < OLDEST) return finding('version', 'no', `PostgreSQL ${full}: ${OLDEST} or newer is needed`);
  if (major > NEWEST)
    return finding('version', 'warn', `PostgreSQL ${full} is newer than ${NEWEST}, the newest that is tested`);
  return finding('version', 'ok', `PostgreSQL ${full}`);
}

function writable({ isStandby, isReadOnly }: ServerFacts): Finding {
  if (isStandby) return finding('writable', 'no', 'this is a standby: connect to the primary');
  if (isReadOnly) return finding('writable', 'no', 'default_transaction_read_only is on for this role or database');
  return finding('writable', 'ok', 'a primary that takes writes');
}

function tls({ usesTls, serverAddress }: ServerFacts): Finding {
  if (usesTls) return finding('tls', 'ok', 'encrypted');
  if (serverAddress === null || LOCAL.test(serverAddress))
    return finding('tls', 'ok', 'not encrypted, and on this machine');
  return finding('tls', 'warn', `not encrypted to ${serverAddress}: add sslmode=verify-full to the URL`);
}

function clock({ clockSkew }: ServerFacts): Finding {
  const seconds = Math.round(Math.abs(clockSkew) * 10) / 10;
  if (seconds <= SKEW_SECONDS) return finding('clock', 'ok', `the clocks agree within ${Math.max(seconds, 0.1)} s`);
  const which = clockSkew > 0 ? 'ahead of' : 'behind';
  return finding('clock', 'warn', `the server is ${seconds} s ${which} this machine: set the clock that is wrong`);
}

function permissions({ user, mayCreateSchemas, schemas }: ServerFacts): Finding {
  const closed = schemas.filter(({ mayCreate }) => !mayCreate).map(({ name }) => name);
  if (closed.length > 0)
    return finding(
      'permissions',
      'no',
      `${user} may not create in ${closed.join(', ')}: connect as the owner, or \`pnpm db roles apply\``,
    );
  const foreign = schemas.filter(({ othersOwn }) => Number(othersOwn) > 0).map(({ name }) => name);
  if (foreign.length > 0)
    return finding(
      'permissions',
      'no',
      `${foreign.join(', ')} holds tables that ${user} does not own and cannot alter: \`pnpm db roles apply\``,
    );
  if (!mayCreateSchemas && schemas.length === 0)
    return finding('permissions', 'no', `${user} may not create schemas: GRANT CREATE ON DATABASE … TO ${user}`);
  return finding('permissions', 'ok', `${user} may create what migrations create`);
}

function extensions({ extensions: wanted }: ServerFacts): Finding {
  const missing = wanted.filter(({ installed, available }) => !installed && !available).map(({ name }) => name);
  if (missing.length > 0)
    return finding('extensions', 'no', `${missing.join(', ')} cannot be had on this server: install its package there`);
  return finding(
    'extensions',
    'ok',
    wanted.length === 0 ? 'none are declared' : wanted.map(({ name }) => name).join(', '),
  );
}

function searchPath({ settings, shadows }: ServerFacts): Finding {
  const path = settings.find((setting) => setting.startsWith('search_path='));
  if (shadows.length > 0)
    return finding(
      'search_path',
      'warn',
      `public has tables of the same name: ${shadows.join(', ')}; a statement that names no schema may meet them`,
    );
  if (path !== undefined)
    return finding(
      'search_path',
      'warn',
      `${path} is set for this role or database: it decides where unnamed things go`,
    );
  return finding('search_path', 'ok', 'as PostgreSQL has it');
}

function timeouts({ settings }: ServerFacts): Finding {
  const set = settings.filter((setting) => /timeout=/.test(setting));
  return finding(
    'timeouts',
    'ok',
    set.length === 0 ? 'none for this role or database' : `${set.join(', ')}: not for migrations, which set their own`,
  );
}

function connections({ connections: { used, max } }: ServerFacts): Finding {
  const verdict = Number(used) > max * 0.9 ? 'warn' : 'ok';
  return finding(
    'connections',
    verdict,
    `${used} of ${max} are in use${verdict === 'ok' ? '' : ': a migrator may find none'}`,
  );
}

function transactions({ longTransactions, preparedTransactions }: ServerFacts): Finding {
  const lines = [
    ...longTransactions.map(
      ({ pid, application, user, state, age }) =>
        `pid ${pid} (${application || 'no application_name'}, user ${user}) has been ${state} in a transaction for ${age} s`,
    ),
    ...preparedTransactions.map(
      ({ gid, age }) => `prepared transaction "${gid}" for ${age} s: COMMIT PREPARED or ROLLBACK PREPARED it`,
    ),
  ];
  if (lines.length === 0) return finding('transactions', 'ok', 'none is older than a minute');
  return finding('transactions', 'warn', lines.join('; '));
}

function indexes({ invalidIndexes }: ServerFacts): Finding {
  const left = invalidIndexes.filter(({ building }) => !building).map(({ name }) => name);
  if (left.length > 0)
    return finding(
      'indexes',
      'warn',
      `INVALID: ${left.join(', ')}; \`pnpm db migrate\` builds its own again, others: REINDEX INDEX CONCURRENTLY`,
    );
  return finding(
    'indexes',
    'ok',
    invalidIndexes.length === 0 ? 'all are valid' : `${invalidIndexes.length} being built now`,
  );
}

function finding(check: string, verdict: Verdict, text: string): Finding {
  return { check, verdict, text };
}
