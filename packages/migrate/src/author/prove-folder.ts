import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { lintSelected } from '../check/lint-selected.ts';
import { domainSources } from '../check/lint-sources.ts';
import type { DomainConfig } from '../config/config.ts';
import { DbError } from '../errors/db-error.ts';
import { parseHistory } from '../files/parse-history.ts';
import { downOf, type ParsedMigration, parseDown } from '../files/parse-migration.ts';
import type { LintFinding } from '../lint/lint-files.ts';
import { attachSnapshot } from './attach-snapshot.ts';
import { declaredState } from './draft-migration.ts';
import { openKit } from './drizzle-kit.ts';
import { downText } from './file-text.ts';
import { lossesOfFile } from './losses-of-file.ts';
import { keptChanges, proofLine } from './proof-line.ts';
import { type Proof, type ProvenFile, prove, provenFile } from './prove.ts';
import { type Scratch, textsOf } from './scratch.ts';
import { differenceLines, type ScratchState } from './scratch-state.ts';
import type { Staging } from './staging.ts';

export interface ProveOptions {
  readonly root: string;
  readonly scratch: Scratch;
  readonly staging: Staging;
  /** Writes the down anew, though there is one. */
  readonly rewrite: boolean;
}

export interface ProvenFolder {
  readonly domain: string;
  readonly migration: string;
  /** Relative to the configuration file. */
  readonly path: string;
  /** What the proof found, in one line. */
  readonly proof: string;
  /** `written`: by the catalog diff, just now. `kept`: the one that is there leads back. `broken`: it does not. */
  readonly down: 'written' | 'kept' | 'broken' | 'irreversible';
  /** Why it is broken, or why there is no way back. NULL: there is one. */
  readonly why: string | null;
  /** What differs from the TypeScript once it is applied; empty also where later migrations follow. */
  readonly undeclared: readonly string[];
  readonly findings: readonly LintFinding[];
}

/** Proves a migration that a person has written or edited, as `generate` proves its own: up, down, up on made-up rows. Writes its
 *  down.sql where there is none, and what the proof found into its header; gives hazards and what the TypeScript does not declare.
 *  @throws {DbError} DB_MIGRATION_UNKNOWN, DB_FILE_*, DB_GENERATE where it does not run */
export async function proveFolder(domain: DomainConfig, name: string, options: ProveOptions): Promise<ProvenFolder> {
  const { root, scratch } = options;
  const history = await parseHistory(domain, root);
  const at = history.findIndex((migration) => migration.name === name);
  const migration = history[at];
  if (migration === undefined) throw unknown(domain, name, history);
  await using base = await scratch.build(textsOf(history.slice(0, at))).catch(doesNotRun(domain, domain.migrations));
  const given = options.rewrite ? null : givenDown(migration);
  const files = [{ ...provenFile(migration), down: given?.down ?? null }];
  const proving = prove({ base, files, schemas: [domain.schema], scratch });
  const proof = await proving.catch(doesNotRun(domain, migration.path));
  const line = proofLine(proof);
  const way = proof.waysBack[0];
  const folder = join(root, domain.migrations, name);
  const writes = given === null && migration.header.irreversible === null;
  if (writes) writeWhole(join(folder, 'down.sql'), await downOfFolder(folder, migration, proof));
  if (way?.irreversible === null || writes) sayProof(join(folder, 'migration.sql'), line);
  const isNewest = at === history.length - 1;
  const undeclared = isNewest ? await notDeclared(domain, proof.states.at(-1), options) : [];
  return {
    domain: domain.name,
    migration: name,
    path: join(domain.migrations, name),
    proof: line,
    down: outcome(way?.irreversible ?? null, writes, given),
    why: migration.header.irreversible ?? given?.irreversible ?? way?.irreversible ?? null,
    undeclared,
    findings: await hazards(domain, name, root),
  };
}

/** Says where the statement stands that the scratch server refused; what is to be corrected is no schema. */
function doesNotRun({ name }: DomainConfig, at: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof DbError) || error.code !== 'DB_GENERATE') throw error;
    const fix = 'correct the statement that is shown';
    throw new DbError('DB_GENERATE', { ...error.facts, domain: name, at, fix }, { cause: error });
  };
}

function outcome(failure: string | null, written: boolean, given: GivenDown | null): ProvenFolder['down'] {
  if (given !== null && given.down === null) return 'irreversible';
  if (failure === null) return written ? 'written' : 'kept';
  return given === null ? 'irreversible' : 'broken';
}

function unknown(domain: DomainConfig, name: string, history: readonly ParsedMigration[]): DbError {
  const newest = history.at(-1)?.name;
  const why = `no folder ${name}; ${newest === undefined ? 'there is none yet' : `the newest is ${newest}`}`;
  return new DbError('DB_MIGRATION_UNKNOWN', { domain: domain.name, why, at: domain.migrations });
}

interface GivenDown {
  /** NULL: it says itself that there is no way back. */
  readonly down: NonNullable<ProvenFile['down']> | null;
  readonly irreversible: string | null;
}

/** The down that lies beside it. NULL: none. */
function givenDown(migration: ParsedMigration): GivenDown | null {
  const text = downOf(migration);
  if (text === null) return null;
  const parsed = parseDown(text);
  return parsed.ok
    ? { down: provenFile(parsed.down), irreversible: null }
    : { down: null, irreversible: parsed.irreversible };
}

async function downOfFolder(folder: string, migration: ParsedMigration, proof: Proof): Promise<string> {
  const text = await readFile(join(folder, 'migration.sql'), 'utf8');
  const title = /^-- *(.+?)\.? *$/m.exec(text)?.[1] ?? migration.name.slice(15);
  const date = /^-- Date: (\S+)/m.exec(text)?.[1] ?? migration.name.replace(/^(\d{4})(\d\d)(\d\d).*/, '$1-$2-$3');
  const [way] = proof.waysBack;
  if (way === undefined) return '';
  const { back, up } = lossesOfFile(provenFile(migration), proof, 0);
  return downText(way, back, up, { title, date, proof: null, kept: keptChanges(proof) });
}

/** Puts the line into the header, in the place of an older one. */
function sayProof(path: string, proof: string): void {
  const text = readFileSync(path, 'utf8');
  const line = `-- Proof: ${proof}`;
  const header = /^(?:--.*(?:\n|$))*/.exec(text)?.[0] ?? '';
  const lines = header.split('\n').filter((one) => one !== '' && !one.startsWith('-- Proof: '));
  const words = lines.findIndex((one) => /^-- db:/.test(one));
  lines.splice(words < 0 ? lines.length : words, 0, line);
  writeWhole(path, `${lines.join('\n')}\n${text.slice(header.length)}`);
}

/** Whatever ends the process, the file is there as it was or as it is to be: what a person has written is in it. */
function writeWhole(path: string, text: string): void {
  const beside = `${path}.new`;
  try {
    writeFileSync(beside, text);
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** The newest migration should lead to what the TypeScript declares; then drizzle-kit gets a snapshot of it where it lacks one. */
async function notDeclared(
  domain: DomainConfig,
  after: ScratchState | undefined,
  options: ProveOptions,
): Promise<readonly string[]> {
  if (after === undefined) return [];
  using kit = openKit(options.root);
  const declared = await declaredState(domain, kit, options.scratch);
  const different = differenceLines(after.catalog, declared.catalog);
  if (different.length === 0) await attachSnapshot(domain, { ...options, kit });
  return different;
}

async function hazards(domain: DomainConfig, name: string, root: string): Promise<readonly LintFinding[]> {
  const wanted = join(root, domain.migrations, name);
  const selected = await domainSources(domain, root, root, (folder) => folder === wanted || dirname(folder) === wanted);
  return (await lintSelected(selected)).findings;
}
