import type { Variant } from './bed.ts';

/** The database is not ours alone: reports, sync jobs and security of others hang on one of our tables. */
export function otherPeople(table: string, key: string, type: string, column: string): Variant {
  return {
    name: 'other-people',
    hazard: `others keep tables, views, functions, triggers, policies and grants on and around ${table}`,
    sql: `
      DO $$ BEGIN CREATE ROLE legacy_reader; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
      CREATE SCHEMA reports;
      CREATE VIEW reports.recent AS SELECT ${key}, ${column} FROM public.${table};
      CREATE VIEW public.everything AS SELECT t.*, 1 AS one FROM public.${table} AS t;
      CREATE MATERIALIZED VIEW reports.counted AS SELECT ${column}, count(*) AS n FROM public.${table} GROUP BY 1;
      CREATE TABLE public.metabase_cache (id serial PRIMARY KEY, payload text, at timestamp DEFAULT now());
      INSERT INTO public.metabase_cache (payload) SELECT 'other people''s ' || n FROM generate_series(1, 100) AS n;
      CREATE TABLE public.notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, about ${type} REFERENCES public.${table} (${key}) ON DELETE CASCADE, note text);
      INSERT INTO public.notes (about, note) SELECT ${key}, 'a note' FROM public.${table} ORDER BY ${key} LIMIT 50;
      CREATE TABLE public.change_log (at timestamptz DEFAULT now(), op text, key text);
      CREATE FUNCTION public.log_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO public.change_log (op, key) VALUES (TG_OP, coalesce(NEW.${key}, OLD.${key})::text);
        RETURN coalesce(NEW, OLD);
      END $$;
      CREATE TRIGGER sync_out AFTER INSERT OR UPDATE ON public.${table} FOR EACH ROW EXECUTE FUNCTION public.log_change();
      CREATE FUNCTION public.how_many() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT count(*) FROM public.${table} $$;
      GRANT SELECT ON public.${table}, reports.recent TO legacy_reader;
      GRANT USAGE ON SCHEMA reports TO legacy_reader;
      ALTER TABLE public.${table} ENABLE ROW LEVEL SECURITY;
      CREATE POLICY readers ON public.${table} FOR SELECT TO legacy_reader USING (${column} IS NOT NULL);
      CREATE STATISTICS public.together ON ${key}, ${column} FROM public.${table};
      CREATE PUBLICATION sync_${table} FOR TABLE public.${table};`,
    expect: {
      keeps: ['recent', 'everything', 'counted', 'metabase_cache', 'notes', 'change_log', 'log_change()', 'how_many()'],
      // their row security stays
      differs: [`table ${table}`],
    },
  };
}

/** Ledgers of other tools, which are read for the report and left as they are. */
export function otherTools(files: readonly string[]): Variant {
  const rows = files.map((file) => `('${file}')`).join(', ');
  return {
    name: 'other-tools',
    hazard:
      'node-pg-migrate and drizzle recorded what they ran, golang-migrate is stuck dirty, and a table for it was made by hand',
    sql: `
      CREATE TABLE IF NOT EXISTS public.pgmigrations (id serial PRIMARY KEY, name varchar(255) NOT NULL, run_on timestamp NOT NULL);
      INSERT INTO public.pgmigrations (name, run_on) SELECT name, '2026-03-29 02:30:00' FROM (VALUES ${rows}) AS files (name);
      CREATE SCHEMA drizzle;
      CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint);
      INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES (md5('first'), 1730000000000);
      CREATE TABLE public.schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
      INSERT INTO public.schema_migrations VALUES (4, true);
      CREATE TABLE public.migrations_log (id serial PRIMARY KEY, file text, applied_at timestamptz DEFAULT now());`,
    expect: { keeps: ['pgmigrations', '__drizzle_migrations', 'schema_migrations', 'migrations_log'] },
  };
}
