import type { Backfill } from '../../src/config.ts';
import type { Waiting } from './acts.ts';

/** A history with one of each thing that a cut can catch: data statements that would show if they ran twice (no key refuses the
 *  second time), every statement that PostgreSQL runs outside of a transaction, and a backfill of five batches. */
export const HISTORY: Readonly<Record<string, string>> = {
  '20260101000000_tables': `
    CREATE SCHEMA shop;
    CREATE TYPE shop.status AS ENUM ('new');
    CREATE TABLE shop.orders (id int PRIMARY KEY, total int NOT NULL, cents int, status shop.status NOT NULL DEFAULT 'new');
    CREATE INDEX orders_old_idx ON shop.orders (total, id);
    CREATE TABLE shop.notes (said text NOT NULL);
    CREATE TABLE shop.counters (n int NOT NULL);
    CREATE TABLE shop.events (day int NOT NULL) PARTITION BY RANGE (day);
    CREATE TABLE shop.events_1 PARTITION OF shop.events FOR VALUES FROM (0) TO (10);
    CREATE TABLE shop.events_2 PARTITION OF shop.events FOR VALUES FROM (10) TO (20);
    INSERT INTO shop.counters VALUES (0);
    INSERT INTO shop.events SELECT n FROM generate_series(0, 19) n;
    INSERT INTO shop.orders (id, total) SELECT n, n % 7 FROM generate_series(1, 40) n;`,
  '20260102000000_data': `
    INSERT INTO shop.notes VALUES ('in a transaction');
    UPDATE shop.counters SET n = n + 1;`,
  '20260103000000_steps': `-- db: no-transaction
    INSERT INTO shop.notes VALUES ('first step');
    CREATE INDEX CONCURRENTLY orders_total_idx ON shop.orders (total);
    UPDATE shop.counters SET n = n + 10;
    CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS orders_id_total_key ON shop.orders (id, total);
    DROP INDEX CONCURRENTLY shop.orders_old_idx;
    REINDEX INDEX CONCURRENTLY shop.orders_total_idx;
    ALTER TABLE shop.events DETACH PARTITION shop.events_1 CONCURRENTLY;
    ALTER TYPE shop.status ADD VALUE 'paid';
    INSERT INTO shop.notes SELECT 'last step: ' || 'paid'::shop.status;`,
  '20260104000000_status': `ALTER TYPE shop.status ADD VALUE 'sent';`,
  '20260105000000_use_status': `
    UPDATE shop.orders SET status = 'sent' WHERE id <= 10;
    INSERT INTO shop.notes VALUES ('after the enum value');`,
  '20260106000000_check': `ALTER TABLE shop.orders ADD CONSTRAINT orders_cents_check CHECK (cents IS NOT NULL) NOT VALID;`,
  '20260107000000_validate': `-- db: after-backfill cents
    ALTER TABLE shop.orders VALIDATE CONSTRAINT orders_cents_check;`,
};

/** The way back of all but the first, by the same rule: what ran twice would show. */
export const DOWNS: Readonly<Record<string, string>> = {
  '20260102000000_data': `
    INSERT INTO shop.notes VALUES ('undone in a transaction');
    UPDATE shop.counters SET n = n + 100;`,
  '20260103000000_steps': `-- db: no-transaction
    INSERT INTO shop.notes VALUES ('first step back');
    CREATE INDEX CONCURRENTLY orders_old_idx ON shop.orders (total, id);
    UPDATE shop.counters SET n = n + 1000;
    CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS orders_id_key ON shop.orders (id);
    DROP INDEX CONCURRENTLY shop.orders_id_total_key;
    REINDEX TABLE CONCURRENTLY shop.orders;
    DROP INDEX CONCURRENTLY shop.orders_total_idx;
    ALTER TABLE shop.events DETACH PARTITION shop.events_2 CONCURRENTLY;
    ALTER TABLE shop.events ATTACH PARTITION shop.events_1 FOR VALUES FROM (0) TO (10);
    INSERT INTO shop.notes VALUES ('last step back');`,
  '20260104000000_status': `
    ALTER TABLE shop.orders ALTER COLUMN status DROP DEFAULT;
    ALTER TYPE shop.status RENAME TO status_old;
    CREATE TYPE shop.status AS ENUM ('new', 'paid');
    ALTER TABLE shop.orders ALTER COLUMN status TYPE shop.status USING status::text::shop.status;
    DROP TYPE shop.status_old;
    ALTER TABLE shop.orders ALTER COLUMN status SET DEFAULT 'new';`,
  '20260105000000_use_status': `
    UPDATE shop.orders SET status = 'paid' WHERE status = 'sent';
    INSERT INTO shop.notes VALUES ('without the enum value');`,
  '20260106000000_check': `
    ALTER TABLE shop.orders DROP CONSTRAINT orders_cents_check;
    UPDATE shop.orders SET cents = NULL;`,
  '20260107000000_validate': `
    ALTER TABLE shop.orders DROP CONSTRAINT orders_cents_check;
    ALTER TABLE shop.orders ADD CONSTRAINT orders_cents_check CHECK (cents IS NOT NULL) NOT VALID;`,
};

export const BACKFILLS: readonly Backfill[] = [
  {
    name: 'cents',
    rule: 'cents = total × 100',
    table: 'shop.orders',
    key: { column: 'id', type: 'integer' },
    batch:
      'UPDATE shop.orders SET cents = total * 100 WHERE cents IS NULL AND ($1::int IS NULL OR id > $1) AND id <= $2::int',
    remaining: 'SELECT count(*) FROM shop.orders WHERE cents IS NULL',
    batchSize: 8,
  },
];

/** Statements of the way up that wait for old transactions, and what makes each of them wait. */
export const WAITING: readonly Waiting[] = [
  { statement: 'CREATE INDEX CONCURRENTLY orders_total_idx', blocker: 'writer' },
  { statement: 'CREATE INDEX CONCURRENTLY orders_total_idx', blocker: 'snapshot' },
  { statement: 'CREATE UNIQUE INDEX CONCURRENTLY', blocker: 'writer' },
  { statement: 'CREATE UNIQUE INDEX CONCURRENTLY', blocker: 'snapshot' },
  { statement: 'DROP INDEX CONCURRENTLY', blocker: 'writer' },
  { statement: 'REINDEX INDEX CONCURRENTLY', blocker: 'writer' },
  { statement: 'REINDEX INDEX CONCURRENTLY', blocker: 'snapshot' },
  { statement: 'ALTER TABLE shop.events DETACH', blocker: 'writer' },
];

/** As `WAITING`, of the way down. */
export const WAITING_DOWN: readonly Waiting[] = [
  { statement: 'CREATE INDEX CONCURRENTLY orders_old_idx', blocker: 'writer' },
  { statement: 'CREATE UNIQUE INDEX CONCURRENTLY', blocker: 'snapshot' },
  { statement: 'DROP INDEX CONCURRENTLY shop.orders_id_total_key', blocker: 'writer' },
  { statement: 'REINDEX TABLE CONCURRENTLY', blocker: 'writer' },
  { statement: 'ALTER TABLE shop.events DETACH', blocker: 'writer' },
];
