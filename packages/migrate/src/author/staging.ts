import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { DomainConfig } from '../config/config.ts';
import { DbError } from '../errors/db-error.ts';

/** A folder below the project in which migrations are written before they enter their histories. It goes when the process does, also
 *  where that is interrupted. */
export interface Staging extends Disposable {
  readonly root: string;
}

/** Opens an empty staging folder: beside the histories, so that a finished migration enters one by a rename. */
export function openStaging(root: string): Staging {
  removeLeftOver(root);
  const path = mkdtempSync(join(root, '.generate-'));
  const remove = () => rmSync(path, { recursive: true, force: true });
  process.once('exit', remove);
  return {
    root: path,
    [Symbol.dispose]: () => {
      process.off('exit', remove);
      remove();
    },
  };
}

/** What a run left that was killed: nobody has worked in it for a day. */
function removeLeftOver(root: string): void {
  const left = readdirSync(root).filter((name) => name.startsWith('.generate-'));
  for (const path of left.map((name) => join(root, name)))
    if (Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > DAY_MS)
      rmSync(path, { recursive: true, force: true });
}

const DAY_MS = 86_400_000;

export interface StagedHistory {
  /** The domain with this history: its folder is relative to the staging folder. */
  readonly domain: DomainConfig;
  /** drizzle-kit's configuration for it, relative to the project. */
  readonly generator: string;
  /** Names of the migrations that came in addition since it was staged. */
  added(): readonly string[];
  /** Where a migration of it lies. */
  folder(migration: string): string;
}

/** Lays a domain's history out for drizzle-kit, which reads the snapshots and writes beside them.
 *  @throws {DbError} DB_CONFIG where its configuration is not there: of that it only says which module of ours misses it */
export function stageHistory(domain: DomainConfig, root: string, staging: Staging, as = domain.name): StagedHistory {
  if (!existsSync(join(root, domain.generator))) {
    const facts = { why: 'there is no such file, and `generator` names it', at: domain.generator };
    throw new DbError('DB_CONFIG', { domain: domain.name, changed: 'nothing was written', ...facts });
  }
  const out = join(staging.root, as);
  mkdirSync(out);
  const before = foldersIn(join(root, domain.migrations));
  for (const name of before) symlinkSync(join(root, domain.migrations, name), join(out, name), 'junction');
  const generator = join(staging.root, `${as}.config.ts`);
  const original = relative(staging.root, join(root, domain.generator)).replaceAll('\\', '/');
  writeFileSync(
    generator,
    `import config from ${JSON.stringify(original)};\nexport default { ...config, out: ${JSON.stringify(relative(root, out))} };\n`,
  );
  return {
    domain: { ...domain, migrations: as },
    generator: relative(root, generator),
    added: () => foldersIn(out),
    folder: (migration) => join(out, migration),
  };
}

/** Links are no folders here. */
function foldersIn(path: string): readonly string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

export interface Move {
  readonly from: string;
  readonly to: string;
}

/** Puts migrations into their histories: all of them or none. Synchronous, so that no signal comes between.
 *  @throws {DbError} DB_IO */
export function publish(moves: readonly Move[]): void {
  const done: string[] = [];
  try {
    for (const { from, to } of moves) {
      mkdirSync(dirname(to), { recursive: true });
      renameSync(from, to);
      done.push(to);
    }
  } catch (cause) {
    for (const to of done) rmSync(to, { recursive: true });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DbError('DB_IO', { why, changed: 'nothing was written' }, { cause });
  }
}
