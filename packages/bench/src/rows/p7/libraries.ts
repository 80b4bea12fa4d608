import { createDb } from '@repo/db';
import { asc, eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import postgres from 'postgres';
import { comments, events, posts, users } from './tables.ts';

/** The four queries, by one library's ordinary calls; each resolves to the rows. */
export interface Queries {
  /** One user by its key. */
  point(id: number): PromiseLike<readonly unknown[]>;
  /** A user's 20 posts. */
  range(userId: number): PromiseLike<readonly unknown[]>;
  /** A post with its author and its comments. */
  join(postId: number): PromiseLike<readonly unknown[]>;
  insert(userId: number): PromiseLike<readonly unknown[]>;
  close(): Promise<unknown>;
}

export type Query = Exclude<keyof Queries, 'close'>;

export interface Library {
  readonly name: string;
  readonly about: string;
  open(url: string, connections: number): Queries;
}

export const OURS = 'ours';
export const RAW = 'postgres.js';

const POINT = 'select id, name, email, created_at from users where id = $1';
const RANGE = 'select id, user_id, title, body from posts where user_id = $1 order by id limit 20';
const JOIN = `select p.id, p.title, u.name, c.body from posts p join users u on u.id = p.user_id
  join comments c on c.post_id = p.id where p.id = $1`;
const INSERT = 'insert into events (user_id, kind, amount) values ($1, $2, $3) returning id';

const raw: Library = {
  name: RAW,
  about: 'postgres.js, tagged templates, prepared',
  open: (url, max) => {
    const sql = postgres(url, { max, fetch_types: false, onnotice: () => undefined });
    return {
      point: (id) => sql`select id, name, email, created_at from users where id = ${id}`,
      range: (id) => sql`select id, user_id, title, body from posts where user_id = ${id} order by id limit 20`,
      join: (id) => sql`select p.id, p.title, u.name, c.body from posts p join users u on u.id = p.user_id
        join comments c on c.post_id = p.id where p.id = ${id}`,
      insert: (id) => sql`insert into events (user_id, kind, amount) values (${id}, ${'click'}, ${7}) returning id`,
      close: () => sql.end(),
    };
  },
};

/** The calls of drizzle's builder, which ours are too. */
function built(db: Pick<ReturnType<typeof drizzle>, 'select' | 'insert'>): Omit<Queries, 'close'> {
  return {
    point: (id) => db.select().from(users).where(eq(users.id, id)),
    range: (id) => db.select().from(posts).where(eq(posts.userId, id)).orderBy(asc(posts.id)).limit(20),
    join: (id) =>
      db
        .select({ id: posts.id, title: posts.title, name: users.name, body: comments.body })
        .from(posts)
        .innerJoin(users, eq(users.id, posts.userId))
        .innerJoin(comments, eq(comments.postId, posts.id))
        .where(eq(posts.id, id)),
    insert: (userId) => db.insert(events).values({ userId, kind: 'click', amount: 7 }).returning({ id: events.id }),
  };
}

const ours: Library = {
  name: OURS,
  about: '`createDb`, builder calls as they are written, without `.prepare()`',
  open: (url, connectionsMax) => {
    const db = createDb({ domain: 'optimizer', url, app: 'bench', connectionsMax });
    return { ...built(db), close: () => db.close() };
  },
};

const drizzleDefault: Library = {
  name: 'drizzle',
  about: 'drizzle-orm/postgres-js, the same calls',
  open: (url, max) => {
    const client = postgres(url, { max, onnotice: () => undefined });
    return { ...built(drizzle({ client })), close: () => client.end() };
  },
};

interface KyselyTables {
  users: { id: number; name: string; email: string; created_at: Date };
  posts: { id: number; user_id: number; title: string; body: string };
  comments: { id: number; post_id: number; user_id: number; body: string };
  events: { user_id: number; kind: string; amount: number };
}

const kysely: Library = {
  name: 'kysely',
  about: 'kysely on pg',
  open: (url, max) => {
    const db = new Kysely<KyselyTables>({
      dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max }) }),
    });
    return {
      point: (id) =>
        db.selectFrom('users').select(['id', 'name', 'email', 'created_at']).where('id', '=', id).execute(),
      range: (id) => db.selectFrom('posts').selectAll().where('user_id', '=', id).orderBy('id').limit(20).execute(),
      join: (id) =>
        db
          .selectFrom('posts as p')
          .innerJoin('users as u', 'u.id', 'p.user_id')
          .innerJoin('comments as c', 'c.post_id', 'p.id')
          .select(['p.id', 'p.title', 'u.name', 'c.body'])
          .where('p.id', '=', id)
          .execute(),
      insert: (user_id) =>
        db.insertInto('events').values({ user_id, kind: 'click', amount: 7 }).returningAll().execute(),
      close: () => db.destroy(),
    };
  },
};

const named: Library = {
  name: 'pg, named',
  about: 'pg with named statements',
  open: (url, max) => {
    const pool = new pg.Pool({ connectionString: url, max });
    const query = async (name: string, text: string, values: readonly unknown[]) =>
      (await pool.query({ name, text, values: [...values] })).rows;
    return {
      point: (id) => query('point', POINT, [id]),
      range: (id) => query('range', RANGE, [id]),
      join: (id) => query('join', JOIN, [id]),
      insert: (id) => query('insert', INSERT, [id, 'click', 7]),
      close: () => pool.end(),
    };
  },
};

export const libraries: readonly Library[] = [ours, raw, drizzleDefault, kysely, named];
