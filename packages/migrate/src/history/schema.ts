/** The history's own tables, in schema `migrations`, apart from every domain. Each statement creates version 1 in an empty schema. */
export const HISTORY_FORMAT = '1';

export const HISTORY_DDL: readonly string[] = [
  // An empty one may have been made for us by whoever may create schemas.
  'CREATE SCHEMA IF NOT EXISTS migrations',
  "COMMENT ON SCHEMA migrations IS 'History of schema migrations, written by @repo/migrate'",
  // One row per fact about this database: its format, whether it is production.
  `CREATE TABLE migrations.settings (
    key text NOT NULL, value text NOT NULL, set_at timestamptz NOT NULL DEFAULT clock_timestamp(), set_by text NOT NULL DEFAULT session_user,
    CONSTRAINT settings_pkey PRIMARY KEY (key))`,
  // One row per applied migration. Inserted first in the migration's own transaction: the key forbids doing a thing twice.
  `CREATE TABLE migrations.applied (
    domain text NOT NULL, name text NOT NULL, checksum text NOT NULL, down_sql text, down_checksum text,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(), applied_by text NOT NULL DEFAULT session_user,
    app_version text, duration_ms integer, late boolean NOT NULL DEFAULT false,
    CONSTRAINT applied_pkey PRIMARY KEY (domain, name))`,
  // Append-only: one row per attempt and outcome.
  `CREATE TABLE migrations.journal (
    id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL DEFAULT clock_timestamp(), by text NOT NULL DEFAULT session_user,
    domain text NOT NULL, name text NOT NULL, event text NOT NULL, detail jsonb,
    CONSTRAINT journal_pkey PRIMARY KEY (id))`,
  // One row per statement of a no-transaction migration that has begun: started, then done.
  `CREATE TABLE migrations.steps (
    domain text NOT NULL, name text NOT NULL, statement integer NOT NULL, checksum text NOT NULL, state text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(), done_at timestamptz,
    CONSTRAINT steps_pkey PRIMARY KEY (domain, name, statement), CONSTRAINT steps_state_check CHECK (state IN ('started', 'done')))`,
  // One row per backfill that has begun; cursor is the key up to which all is committed, checksum is of the statements that came there.
  `CREATE TABLE migrations.backfills (
    domain text NOT NULL, name text NOT NULL, state text NOT NULL, checksum text, cursor text, rows_done bigint NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(), finished_at timestamptz,
    CONSTRAINT backfills_pkey PRIMARY KEY (domain, name), CONSTRAINT backfills_state_check CHECK (state IN ('running', 'done')))`,
  // One row per domain: the catalog that its applied history gives, identity of each object → definition. NULL: nothing recorded yet.
  // base is the catalog from before a run that has not recorded its end; NULL: no run is open. Written under the domain's lock.
  `CREATE TABLE migrations.catalogs (
    domain text NOT NULL, expected jsonb, expected_hash text, base jsonb, begun_at timestamptz, recorded_at timestamptz,
    CONSTRAINT catalogs_pkey PRIMARY KEY (domain))`,
  `INSERT INTO migrations.settings (key, value) VALUES ('format', '${HISTORY_FORMAT}')`,
];
