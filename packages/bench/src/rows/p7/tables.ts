import { integer, pgTable, serial, text, timestamp } from 'drizzle-orm/pg-core';
import type { Sql } from 'postgres';

export const ROWS = { users: 2_000, posts: 40_000, comments: 80_000 } as const;

export const users = pgTable('users', {
  id: integer('id').primaryKey(),
  name: text('name').notNull(),
  email: text('email').notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
});

export const posts = pgTable('posts', {
  id: integer('id').primaryKey(),
  userId: integer('user_id').notNull(),
  title: text('title').notNull(),
  body: text('body').notNull(),
});

export const comments = pgTable('comments', {
  id: integer('id').primaryKey(),
  postId: integer('post_id').notNull(),
  userId: integer('user_id').notNull(),
  body: text('body').notNull(),
});

export const events = pgTable('events', {
  id: serial('id').primaryKey(),
  userId: integer('user_id').notNull(),
  kind: text('kind').notNull(),
  amount: integer('amount').notNull(),
});

/** Fills the tables of an empty database. */
export async function createTables(sql: Sql): Promise<void> {
  await sql.unsafe(`
    CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, email text NOT NULL, created_at timestamptz NOT NULL);
    CREATE TABLE posts (id int PRIMARY KEY, user_id int NOT NULL, title text NOT NULL, body text NOT NULL);
    CREATE TABLE comments (id int PRIMARY KEY, post_id int NOT NULL, user_id int NOT NULL, body text NOT NULL);
    CREATE TABLE events (id serial PRIMARY KEY, user_id int NOT NULL, kind text NOT NULL, amount int NOT NULL);
    INSERT INTO users SELECT n, 'user ' || n, n || '@example.com', timestamptz '2026-01-01Z' + n * interval '1 minute'
      FROM generate_series(1, ${ROWS.users}) n;
    INSERT INTO posts SELECT n, 1 + n % ${ROWS.users}, 'title ' || n, repeat('post ', 20) FROM generate_series(1, ${ROWS.posts}) n;
    INSERT INTO comments SELECT n, 1 + n % ${ROWS.posts}, 1 + n % ${ROWS.users}, repeat('comment ', 5)
      FROM generate_series(1, ${ROWS.comments}) n;
    CREATE INDEX ON posts (user_id);
    CREATE INDEX ON comments (post_id);
    ANALYZE;`);
}
