import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestDatabase, type DatabaseTemplate } from '@repo/local-postgres/vitest';
import postgres from 'postgres';
import { type MigratedDatabase, openTestDatabase } from '../support/database.ts';
import type { Bed, Variant } from './bed.ts';

/** A legacy database of one's own: the production bed, and on top of it what a variant changed. */
export async function buildBed(bed: Bed, server: string, variant?: Variant): Promise<MigratedDatabase> {
  const database = openTestDatabase(await createTestDatabase(templateOf(bed), { server }));
  if (variant !== undefined) {
    try {
      await database.sql.begin((sql) => sql.unsafe(variant.sql));
    } catch (error) {
      await database[Symbol.asyncDispose]();
      throw error;
    }
  }
  return database;
}

/** The SQL of a bed, in one session and one transaction: what it must be to be copied by hand, too. */
export function sqlOf(bed: Bed): string {
  const files = ['awkward.sql', `${bed.domain}/catalog.sql`, `${bed.domain}/rows.sql`];
  return files.map((file) => readFileSync(join(import.meta.dirname, file), 'utf8')).join('\n');
}

function templateOf(bed: Bed): DatabaseTemplate {
  const text = sqlOf(bed);
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return { name: `legacy_${bed.domain}_${hash}`, build: (url) => run(url, text) };
}

async function run(url: string, text: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(`${text}\n;ANALYZE;`);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
