import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { migrateDomain } from '../../apply/migrate-domain.ts';
import type { Scratch } from '../../author/scratch.ts';
import type { DomainConfig } from '../../config/config.ts';
import { openSession } from '../../connect/session.ts';
import { parseTarget } from '../../connect/target.ts';
import type { ParsedMigration } from '../../files/parse-migration.ts';
import type { Copy } from './copy.ts';
import { type FillCopyOptions, fillCopy } from './fill-copy.ts';

export interface ReplayOptions extends FillCopyOptions {
  readonly root: string;
  readonly applied: readonly ParsedMigration[];
  /** Why the database was not cloned. */
  readonly why: string;
}

/** Applies again what the source has had, to an empty database on the scratch server, and fills its tables with generated rows. */
export async function replayOf(domain: DomainConfig, scratch: Scratch, options: ReplayOptions): Promise<Copy> {
  const database = await scratch.build([]);
  try {
    const target = parseTarget(database.url, 'the copy');
    await replay(domain, options, target);
    await using session = await openSession(target, { app: `db rehearse ${domain.name}` });
    const generated = await fillCopy(session, [domain.schema], options);
    return {
      target,
      report: { how: 'replay', why: options.why, generated, serverVersion: session.serverVersion },
      [Symbol.asyncDispose]: () => database.drop(),
    };
  } catch (error) {
    await database.drop();
    throw error;
  }
}

/** By `migrate` itself, from a folder that holds no other migrations. */
async function replay(domain: DomainConfig, options: ReplayOptions, target: Copy['target']): Promise<void> {
  const { root, applied } = options;
  const staged = mkdtempSync(join(tmpdir(), 'db-rehearse-'));
  try {
    mkdirSync(join(staged, domain.name));
    for (const { name, path } of applied)
      symlinkSync(dirname(join(root, path)), join(staged, domain.name, name), 'junction');
    await migrateDomain({ ...domain, migrations: domain.name }, { root: staged, target });
  } finally {
    rmSync(staged, { recursive: true });
  }
}
