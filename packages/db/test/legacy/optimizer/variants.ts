import type { Variant } from '../bed.ts';
import { otherPeople, otherTools } from '../other-people.ts';

/** What the edited first file, the side runner and later features have left elsewhere. */
export const variants: readonly Variant[] = [
  {
    name: 'hundred-credits',
    hazard: 'installed before the free plan was edited: 100 credits everywhere',
    sql: `UPDATE plans SET monthly_credits = 100 WHERE id = 'free'; ALTER TABLE app_instances ALTER credits_total SET DEFAULT 100;`,
  },
  {
    name: 'processing',
    hazard:
      'enum values came before and after the code that used them, and items stand in one that this schema does not know',
    sql: `DROP INDEX idx_job_items_status;
      ALTER TABLE job_items ALTER status DROP DEFAULT, ALTER status TYPE text;
      ALTER TYPE item_status RENAME TO item_status_old;
      CREATE TYPE item_status AS ENUM ('PENDING', 'RUNNING', 'PROCESSING', 'DONE', 'FAILED', 'PUBLISHED');
      ALTER TABLE job_items ALTER status TYPE item_status USING status::item_status, ALTER status SET DEFAULT 'PENDING';
      DROP TYPE item_status_old;
      CREATE INDEX idx_job_items_status ON job_items (status) WHERE status IN ('PENDING', 'RUNNING');
      UPDATE job_items SET status = 'PROCESSING' WHERE id % 500 = 0;`,
    // the values that rows have stay
    expect: { differs: ['type optimizer.item_status'] },
  },
  {
    name: 'later-features',
    hazard:
      'image optimisation, billing dates and owners came by a side runner that recorded nothing; keys of other types point to ours',
    sql: `ALTER TABLE app_instances ADD COLUMN owner_member_id varchar(255), ADD COLUMN next_billing_date date;
      ALTER TABLE job_items ADD COLUMN published boolean NOT NULL DEFAULT false;
      CREATE TABLE image_optimization_jobs (id serial PRIMARY KEY, instance_id varchar(255) NOT NULL REFERENCES app_instances (instance_id) ON DELETE CASCADE,
        scheduled_for timestamp, status job_status NOT NULL DEFAULT 'PENDING');
      INSERT INTO image_optimization_jobs (instance_id) SELECT instance_id FROM app_instances;
      CREATE FUNCTION reset_credits() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'replaced'; END $$;`,
    expect: {
      keeps: [
        'app_instances.owner_member_id',
        'app_instances.next_billing_date',
        'job_items.published',
        'image_optimization_jobs',
        'reset_credits()',
      ],
    },
  },
  {
    name: 'publish-key',
    hazard:
      'publish_logs names its item, as integer, with a unique key under another name: a part of a later migration is there',
    sql: `ALTER TABLE publish_logs ADD COLUMN job_item_id integer;
      UPDATE publish_logs SET job_item_id = id WHERE id % 2 = 0;
      CREATE UNIQUE INDEX uniq_publish_item ON publish_logs (job_item_id);`,
  },
  {
    name: 'design-document',
    hazard: 'built from the design document: moments may be null and some are, and lists descend',
    sql: `ALTER TABLE app_instances ALTER created_at DROP NOT NULL, ALTER updated_at DROP NOT NULL;
      ALTER TABLE job_items ALTER updated_at DROP NOT NULL;
      DROP INDEX idx_jobs_created_at, idx_publish_logs_instance;
      CREATE INDEX idx_jobs_created_at ON jobs (created_at DESC);
      CREATE INDEX idx_publish_logs_instance ON publish_logs (instance_id, applied_at DESC);
      UPDATE app_instances SET updated_at = NULL WHERE instance_id LIKE '%7';`,
    // nobody knows the moments that are missing
    expect: { differs: ['column optimizer.app_instances.updated_at'] },
  },
  {
    name: 'narrow-keys',
    hazard:
      'made by hand with types that Postgres accepts as keys of each other: varchar(255) to text, integer to bigint',
    sql: `ALTER TABLE jobs ALTER instance_id TYPE varchar(255);
      ALTER TABLE job_items ALTER job_id TYPE integer;
      ALTER TABLE publish_logs DROP CONSTRAINT publish_logs_instance_id_fkey, ALTER id TYPE integer;
      ALTER SEQUENCE publish_logs_id_seq AS integer;`,
  },
  {
    name: 'orphans',
    hazard: 'a restore without keys left items of jobs that are gone',
    sql: `ALTER TABLE job_items DROP CONSTRAINT job_items_job_id_fkey;
      DELETE FROM jobs WHERE id % 100 = 0;
      ALTER TABLE plans DROP CONSTRAINT plans_pkey CASCADE;`,
  },
  otherPeople('app_instances', 'instance_id', 'text', 'plan_id'),
  otherTools([
    '1730000000000_initial-schema',
    '1730000003000_add-owner-member-id',
    '1730000004000_add-owner-member-id',
  ]),
];
