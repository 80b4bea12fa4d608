import { createHash } from 'node:crypto';
import { BETWEEN } from './large.ts';
import type { SyntheticMigration } from './mix.ts';

/** A file of a project, its path relative to the project's folder. */
export interface ProjectFile {
  readonly path: string;
  readonly text: string;
}

/** One history in the format of each migrator: the same statements, in the same order, as many migrations. Pure. */
export function projectFiles(migrations: readonly SyntheticMigration[]): readonly ProjectFile[] {
  return [
    ...migrations.flatMap(({ name, statements }) => {
      const sql = text(statements);
      const literal = JSON.stringify(sql);
      return [
        // drizzle's own layout, which is ours too.
        { path: `migrations/${name}/migration.sql`, text: `${statements.join(BETWEEN)};\n` },
        { path: `node-pg-migrate/${name}.sql`, text: sql },
        {
          path: `knex/${name}.cjs`,
          text: `exports.up = (knex) => knex.raw(${literal});\nexports.down = () => undefined;\n`,
        },
        {
          path: `kysely/${name}.mjs`,
          text: `import { sql } from 'kysely';\nexport const up = (db) => sql.raw(${literal}).execute(db);\n`,
        },
      ];
    }),
    ...graphileFiles(migrations),
    { path: 'all.sql', text: migrations.map(({ statements }) => text(statements)).join('') },
  ];
}

const text = (statements: readonly string[]): string => `${statements.join(';\n')};\n`;

/** Each committed file names the hash of the one before. Source: graphile-migrate, src/hash.ts. */
function graphileFiles(migrations: readonly SyntheticMigration[]): readonly ProjectFile[] {
  let previous = '';
  return migrations.map(({ statements }, index) => {
    const body = text(statements).trim();
    const hash = `sha1:${createHash('sha1')
      .update(`${`${previous}\n${body}`.trim()}\n`)
      .digest('hex')}`;
    const committed = `--! Previous: ${previous === '' ? '-' : previous}\n--! Hash: ${hash}\n\n${body}\n`;
    previous = hash;
    return { path: `graphile-migrate/committed/${String(index + 1).padStart(6, '0')}.sql`, text: committed };
  });
}
