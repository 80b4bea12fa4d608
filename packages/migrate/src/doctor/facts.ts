import type { Session } from '../connect/session.ts';

/** What the server tells of itself that a migration may stumble over. Times in seconds. */
export interface ServerFacts {
  /** As PostgreSQL prints it, for example `18.4`. */
  readonly version: string;
  readonly major: number;
  readonly isStandby: boolean;
  /** What the next session gets; ours is read-only anyway. */
  readonly isReadOnly: boolean;
  readonly usesTls: boolean;
  /** NULL: a Unix socket. */
  readonly serverAddress: string | null;
  /** Server's clock minus ours. */
  readonly clockSkew: number;
  readonly user: string;
  readonly mayCreateSchemas: boolean;
  /** Schemas of domains that are there, and whether we may create and own in them. */
  readonly schemas: readonly { readonly name: string; readonly mayCreate: boolean; readonly othersOwn: number }[];
  /** Settings of the role or the database that reach every session. */
  readonly settings: readonly string[];
  readonly extensions: readonly { readonly name: string; readonly installed: boolean; readonly available: boolean }[];
  readonly longTransactions: readonly LongTransaction[];
  readonly preparedTransactions: readonly { readonly gid: string; readonly age: number }[];
  /** Schema-qualified, with `building` where a session works on it now. */
  readonly invalidIndexes: readonly { readonly name: string; readonly building: boolean }[];
  /** Tables of ours by name that stand in `public`, too. */
  readonly shadows: readonly string[];
  readonly connections: { readonly used: number; readonly max: number };
}

export interface LongTransaction {
  readonly pid: number;
  readonly application: string;
  readonly user: string;
  readonly state: string;
  readonly age: number;
}

/** A transaction of this age holds up migrations and VACUUM. */
const LONG_SECONDS = 60;

/** Asks the server, in one round trip; read-only. */
export async function serverFacts(
  { sql, serverVersion }: Session,
  schemas: readonly string[],
  extensions: readonly string[],
): Promise<ServerFacts> {
  const before = Date.now();
  const [row] = await sql<[{ facts: Omit<ServerFacts, 'clockSkew' | 'major'>; now: number }]>`
    WITH asked AS (SELECT jsonb_array_elements_text(${JSON.stringify(schemas)}::text::jsonb) AS name),
      spaces AS (SELECT n.oid, n.nspname FROM pg_namespace n JOIN asked ON asked.name = n.nspname)
    SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now, json_build_object(
      'version', split_part(current_setting('server_version'), ' ', 1), 'isStandby', pg_is_in_recovery(),
      'isReadOnly', (SELECT reset_val::bool FROM pg_settings WHERE name = 'default_transaction_read_only'),
      'usesTls', coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false), 'serverAddress', host(inet_server_addr()),
      'user', current_user, 'mayCreateSchemas', has_database_privilege(current_database(), 'CREATE'),
      'schemas', (SELECT coalesce(json_agg(json_build_object('name', s.nspname, 'mayCreate', has_schema_privilege(s.oid, 'CREATE'),
          'othersOwn', (SELECT count(*) FROM pg_class c WHERE c.relnamespace = s.oid AND c.relkind IN ('r', 'p', 'v', 'm')
            AND NOT pg_has_role(c.relowner, 'USAGE')))), '[]') FROM spaces s),
      'settings', (SELECT coalesce(json_agg(setting), '[]') FROM pg_db_role_setting d, unnest(d.setconfig) AS setting
        WHERE d.setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = session_user))
          AND d.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))),
      'extensions', (SELECT coalesce(json_agg(json_build_object('name', e.name, 'installed', EXISTS (SELECT FROM pg_extension WHERE extname = e.name),
          'available', EXISTS (SELECT FROM pg_available_extensions a WHERE a.name = e.name))), '[]')
        FROM jsonb_array_elements_text(${JSON.stringify(extensions)}::text::jsonb) AS e(name)),
      'longTransactions', (SELECT coalesce(json_agg(json_build_object('pid', pid, 'application', application_name, 'user', coalesce(usename, ''),
          'state', coalesce(state, backend_type), 'age', round(extract(epoch FROM clock_timestamp() - xact_start))) ORDER BY xact_start), '[]')
        FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
          AND xact_start < clock_timestamp() - make_interval(secs => ${LONG_SECONDS}::int)),
      'preparedTransactions', (SELECT coalesce(json_agg(json_build_object('gid', gid, 'age', round(extract(epoch FROM clock_timestamp() - prepared)))), '[]')
        FROM pg_prepared_xacts WHERE database = current_database()),
      'invalidIndexes', (SELECT coalesce(json_agg(json_build_object('name', format('%I.%I', s.nspname, c.relname),
          'building', EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = c.oid))), '[]')
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN spaces s ON s.oid = c.relnamespace WHERE NOT i.indisvalid),
      'shadows', (SELECT coalesce(json_agg(DISTINCT c.relname), '[]') FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND s.nspname <> 'public' AND to_regclass(format('public.%I', c.relname)) IS NOT NULL),
      'connections', json_build_object('used', (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
        'max', current_setting('max_connections')::int)) AS facts`;
  // Asked in the middle of the round trip, as far as we can tell.
  const clockSkew = (row.now - (before + Date.now()) / 2) / 1000;
  return { ...row.facts, major: serverVersion, clockSkew };
}
