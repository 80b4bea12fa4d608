import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { readColumns, readConstraints, readIndexes } from '../support/read-catalog.ts';

/** Typed from the seed document and the purposes of later migrations, not from the schema. */
const NEXT_MONTH = "((date_trunc('month'::text, (now() AT TIME ZONE 'UTC'::text)) + '1 mon'::interval))::date";
const COLUMNS = {
  'plans.id': 'text NOT NULL',
  'plans.name': 'text NOT NULL',
  'plans.price_cents': 'integer NOT NULL',
  'plans.monthly_credits': 'integer NOT NULL',
  'app_instances.instance_id': 'text NOT NULL',
  'app_instances.site_host': 'text NOT NULL',
  'app_instances.access_token': 'text NOT NULL',
  'app_instances.refresh_token': 'text NOT NULL',
  'app_instances.token_expires_at': 'timestamp with time zone NOT NULL',
  'app_instances.plan_id': "text NOT NULL DEFAULT 'free'::text",
  'app_instances.credits_total': 'integer NOT NULL DEFAULT 100',
  'app_instances.credits_used_month': 'integer NOT NULL DEFAULT 0',
  'app_instances.credits_reset_on': `date NOT NULL DEFAULT ${NEXT_MONTH}`,
  'app_instances.created_at': 'timestamp with time zone NOT NULL DEFAULT now()',
  'app_instances.updated_at': 'timestamp with time zone NOT NULL DEFAULT now()',
  'jobs.id': "bigint NOT NULL DEFAULT nextval('optimizer.jobs_id_seq'::regclass)",
  'jobs.instance_id': 'text NOT NULL',
  'jobs.status': "optimizer.job_status NOT NULL DEFAULT 'PENDING'::optimizer.job_status",
  'jobs.source_scope': 'text NOT NULL',
  'jobs.source_ids': 'jsonb NOT NULL',
  'jobs.attributes': 'jsonb NOT NULL',
  'jobs.target_lang': 'text NOT NULL',
  'jobs.user_prompt': 'text NOT NULL',
  'jobs.created_at': 'timestamp with time zone NOT NULL DEFAULT now()',
  'jobs.started_at': 'timestamp with time zone',
  'jobs.finished_at': 'timestamp with time zone',
  'jobs.error': 'text',
  'jobs.idempotency_key': 'text',
  'jobs.request_hash': 'text',
  'jobs.items_total': 'integer NOT NULL DEFAULT 0',
  'jobs.items_done': 'integer NOT NULL DEFAULT 0',
  'jobs.items_failed': 'integer NOT NULL DEFAULT 0',
  'jobs.items_published': 'integer NOT NULL DEFAULT 0',
  'job_items.id': "bigint NOT NULL DEFAULT nextval('optimizer.job_items_id_seq'::regclass)",
  'job_items.job_id': 'bigint NOT NULL',
  'job_items.product_id': 'text NOT NULL',
  'job_items.attribute': 'text NOT NULL',
  'job_items.before_value': 'text',
  'job_items.after_value': 'text',
  'job_items.status': "optimizer.item_status NOT NULL DEFAULT 'PENDING'::optimizer.item_status",
  'job_items.error': 'text',
  'job_items.created_at': 'timestamp with time zone NOT NULL DEFAULT now()',
  'job_items.updated_at': 'timestamp with time zone NOT NULL DEFAULT now()',
  'job_items.attempts': 'integer NOT NULL DEFAULT 0',
  'job_items.available_at': 'timestamp with time zone NOT NULL DEFAULT now()',
  'job_items.published_at': 'timestamp with time zone',
  'publish_logs.id': "bigint NOT NULL DEFAULT nextval('optimizer.publish_logs_id_seq'::regclass)",
  'publish_logs.instance_id': 'text NOT NULL',
  'publish_logs.product_id': 'text NOT NULL',
  'publish_logs.attribute': 'text NOT NULL',
  'publish_logs.applied_value': 'text NOT NULL',
  'publish_logs.applied_at': 'timestamp with time zone NOT NULL DEFAULT now()',
  'publish_logs.job_item_id': 'bigint',
  'shop_queues.instance_id': 'text NOT NULL',
  'shop_queues.next_at': 'timestamp with time zone NOT NULL DEFAULT now()',
  'shop_queues.fence': 'integer NOT NULL DEFAULT 0',
  'shop_queues.running_ids': "bigint[] NOT NULL DEFAULT '{}'::bigint[]",
  'shop_queues.running_fences': "integer[] NOT NULL DEFAULT '{}'::integer[]",
  'shop_queues.running_until': "timestamp with time zone[] NOT NULL DEFAULT '{}'::timestamp with time zone[]",
  'credit_entries.id': 'bigint NOT NULL',
  'credit_entries.instance_id': 'text NOT NULL',
  'credit_entries.kind': 'text NOT NULL',
  'credit_entries.amount': 'integer NOT NULL',
  'credit_entries.job_id': 'bigint',
  'credit_entries.created_at': 'timestamp with time zone NOT NULL DEFAULT now()',
  'publish_intents.job_item_id': 'bigint NOT NULL',
  'publish_intents.instance_id': 'text NOT NULL',
  'publish_intents.product_id': 'text NOT NULL',
  'publish_intents.attribute': 'text NOT NULL',
  'publish_intents.value': 'text NOT NULL',
  'publish_intents.token': 'uuid NOT NULL DEFAULT gen_random_uuid()',
  'publish_intents.expires_at': 'timestamp with time zone NOT NULL',
  'webhook_events.event_id': 'text NOT NULL',
  'webhook_events.instance_id': 'text NOT NULL',
  'webhook_events.event_type': 'text NOT NULL',
  'webhook_events.received_at': 'timestamp with time zone NOT NULL DEFAULT now()',
};
const CONSTRAINTS = {
  plans_pkey: 'PRIMARY KEY (id)',
  app_instances_pkey: 'PRIMARY KEY (instance_id)',
  app_instances_plan_id_fkey: 'FOREIGN KEY (plan_id) REFERENCES optimizer.plans(id)',
  jobs_pkey: 'PRIMARY KEY (id)',
  jobs_instance_id_fkey: 'FOREIGN KEY (instance_id) REFERENCES optimizer.app_instances(instance_id) ON DELETE CASCADE',
  job_items_pkey: 'PRIMARY KEY (id)',
  job_items_job_id_fkey: 'FOREIGN KEY (job_id) REFERENCES optimizer.jobs(id) ON DELETE CASCADE',
  publish_logs_pkey: 'PRIMARY KEY (id)',
  publish_logs_instance_id_fkey:
    'FOREIGN KEY (instance_id) REFERENCES optimizer.app_instances(instance_id) ON DELETE CASCADE',
  shop_queues_pkey: 'PRIMARY KEY (instance_id)',
  shop_queues_instance_id_fkey:
    'FOREIGN KEY (instance_id) REFERENCES optimizer.app_instances(instance_id) ON DELETE CASCADE',
  credit_entries_pkey: 'PRIMARY KEY (id)',
  credit_entries_instance_id_fkey:
    'FOREIGN KEY (instance_id) REFERENCES optimizer.app_instances(instance_id) ON DELETE CASCADE',
  credit_entries_kind_check:
    "CHECK ((kind = ANY (ARRAY['opening'::text, 'reserve'::text, 'release'::text, 'reset'::text, 'plan'::text])))",
  publish_intents_pkey: 'PRIMARY KEY (job_item_id)',
  publish_intents_job_item_id_fkey: 'FOREIGN KEY (job_item_id) REFERENCES optimizer.job_items(id) ON DELETE CASCADE',
  webhook_events_pkey: 'PRIMARY KEY (event_id)',
};
const INDEXES = {
  idx_app_instances_site_host:
    'CREATE INDEX idx_app_instances_site_host ON optimizer.app_instances USING btree (site_host)',
  idx_app_instances_credits_reset:
    'CREATE INDEX idx_app_instances_credits_reset ON optimizer.app_instances USING btree (credits_reset_on)',
  idx_jobs_instance_status: 'CREATE INDEX idx_jobs_instance_status ON optimizer.jobs USING btree (instance_id, status)',
  idx_jobs_created_at: 'CREATE INDEX idx_jobs_created_at ON optimizer.jobs USING btree (created_at DESC)',
  idx_job_items_job_id: 'CREATE INDEX idx_job_items_job_id ON optimizer.job_items USING btree (job_id)',
  idx_job_items_status:
    "CREATE INDEX idx_job_items_status ON optimizer.job_items USING btree (status) WHERE (status = ANY (ARRAY['PENDING'::optimizer.item_status, 'RUNNING'::optimizer.item_status]))",
  idx_job_items_product: 'CREATE INDEX idx_job_items_product ON optimizer.job_items USING btree (product_id)',
  idx_publish_logs_instance:
    'CREATE INDEX idx_publish_logs_instance ON optimizer.publish_logs USING btree (instance_id, applied_at DESC)',
  idx_publish_logs_product: 'CREATE INDEX idx_publish_logs_product ON optimizer.publish_logs USING btree (product_id)',
  idx_job_items_claim:
    "CREATE INDEX idx_job_items_claim ON optimizer.job_items USING btree (job_id, available_at, id) WHERE (status = ANY (ARRAY['PENDING'::optimizer.item_status, 'RUNNING'::optimizer.item_status]))",
  idx_jobs_instance_created:
    'CREATE INDEX idx_jobs_instance_created ON optimizer.jobs USING btree (instance_id, created_at DESC, id DESC)',
  publish_logs_job_item_id_key:
    'CREATE UNIQUE INDEX publish_logs_job_item_id_key ON optimizer.publish_logs USING btree (job_item_id)',
  idx_jobs_open:
    "CREATE INDEX idx_jobs_open ON optimizer.jobs USING btree (instance_id, id) WHERE (status = ANY (ARRAY['PENDING'::optimizer.job_status, 'RUNNING'::optimizer.job_status]))",
  jobs_instance_id_idempotency_key_key:
    'CREATE UNIQUE INDEX jobs_instance_id_idempotency_key_key ON optimizer.jobs USING btree (instance_id, idempotency_key)',
  idx_shop_queues_next_at: 'CREATE INDEX idx_shop_queues_next_at ON optimizer.shop_queues USING btree (next_at)',
  idx_credit_entries_instance:
    'CREATE INDEX idx_credit_entries_instance ON optimizer.credit_entries USING btree (instance_id, id)',
  credit_entries_opening_key:
    "CREATE UNIQUE INDEX credit_entries_opening_key ON optimizer.credit_entries USING btree (instance_id) WHERE (kind = 'opening'::text)",
  idx_publish_intents_expires_at:
    'CREATE INDEX idx_publish_intents_expires_at ON optimizer.publish_intents USING btree (expires_at)',
  idx_webhook_events_instance:
    'CREATE INDEX idx_webhook_events_instance ON optimizer.webhook_events USING btree (instance_id, received_at)',
};

describe.each(servers())('the optimizer catalog on PostgreSQL $version', ({ url }) => {
  let db: MigratedDatabase;
  beforeAll(async () => {
    db = await migratedDatabase(url);
  });
  afterAll(() => db[Symbol.asyncDispose]());

  const labelsOf = async (type: string) => {
    const [row] = await db.sql`SELECT enum_range(NULL::optimizer.${db.sql(type)})::text[] AS labels`;
    return row?.['labels'];
  };

  test('the tables have the columns of the seed and of the later migrations: names, types, nullability, defaults', async () => {
    expect(await readColumns(db.sql, 'optimizer')).toEqual(COLUMNS);
  });

  test('keys, foreign keys and checks have their names and delete rules', async () => {
    expect(await readConstraints(db.sql, 'optimizer')).toEqual(CONSTRAINTS);
  });

  test('the indexes are those of the seed and the later ones; the worker indexes are partial, and descending ones descend', async () => {
    expect(await readIndexes(db.sql, 'optimizer')).toEqual(INDEXES);
  });

  test("every table but plans has row security, with the worker's policy and the tenant's", async () => {
    const found = await db.sql`
      SELECT c.relname AS table, c.relrowsecurity AS enabled, array_agg(p.polname::text ORDER BY p.polname) FILTER (WHERE p.oid IS NOT NULL) AS policies
      FROM pg_class AS c LEFT JOIN pg_policy AS p ON p.polrelid = c.oid
      WHERE c.relnamespace = 'optimizer'::regnamespace AND c.relkind = 'r' GROUP BY c.oid ORDER BY c.relname`;
    const secured = { enabled: true, policies: ['background_worker', 'own_tenant'] };
    expect([...found]).toEqual([
      { table: 'app_instances', ...secured },
      { table: 'credit_entries', ...secured },
      { table: 'job_items', ...secured },
      { table: 'jobs', ...secured },
      { table: 'plans', enabled: false, policies: null },
      { table: 'publish_intents', ...secured },
      { table: 'publish_logs', ...secured },
      { table: 'shop_queues', ...secured },
      { table: 'webhook_events', ...secured },
    ]);
  });

  test('both enums have their labels in order', async () => {
    expect(await labelsOf('job_status')).toEqual(['PENDING', 'RUNNING', 'DONE', 'FAILED', 'CANCELED']);
    expect(await labelsOf('item_status')).toEqual(['PENDING', 'RUNNING', 'DONE', 'FAILED']);
  });

  test('the four plans come with the migrations', async () => {
    expect(await db.sql`SELECT * FROM optimizer.plans ORDER BY price_cents`).toEqual([
      { id: 'free', name: 'Free', price_cents: 0, monthly_credits: 100 },
      { id: 'starter', name: 'Starter', price_cents: 900, monthly_credits: 1000 },
      { id: 'pro', name: 'Pro', price_cents: 1900, monthly_credits: 5000 },
      { id: 'scale', name: 'Scale', price_cents: 4900, monthly_credits: 25000 },
    ]);
  });
});
