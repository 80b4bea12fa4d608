import { basename, dirname, join } from 'node:path';
import { type ProvenFolder, proveFolder } from '../../author/prove-folder.ts';
import { type ComparedDown, proveHistory } from '../../author/prove-history.ts';
import { openScratch } from '../../author/scratch.ts';
import { openStaging } from '../../author/staging.ts';
import type { DomainConfig } from '../../config/config.ts';
import { EXIT } from '../../errors/codes.ts';
import { DbError } from '../../errors/db-error.ts';
import { readHistory } from '../../files/read-history.ts';
import type { Context, Outcome } from '../command.ts';

interface Options {
  readonly all?: boolean;
  readonly rewriteDown?: boolean;
  readonly scratchUrl?: string;
}

export async function run(context: Context, options: Options, args: readonly string[]): Promise<Outcome> {
  const { out, root, domains, guard } = context;
  if (options.all === true) return await compareAll(context, options);
  if (args.length === 0) throw new DbError('DB_USAGE', { why: 'expected the migrations to prove, or --all' });
  // Domain and folder of each, before a server is started for them.
  const wanted = await Promise.all(args.map((path) => find(path, domains, root)));
  using staging = openStaging(root);
  await using scratch = await openScratch(options.scratchUrl, out.talk);
  if (options.scratchUrl !== undefined) guard(scratch);
  const reports: ProvenFolder[] = [];
  for (const { domain, name } of wanted) {
    out.progress(`… ${name}`);
    const report = await proveFolder(domain, name, { root, scratch, staging, rewrite: options.rewriteDown === true });
    reports.push(report);
    show(report, context);
  }
  const failed = reports.some(isRefused);
  return { exit: failed ? EXIT.no : EXIT.ok, code: failed ? 'DB_FINDINGS' : 'OK', domains: reports };
}

/** Every down file beside the catalog diff's; writes nothing. */
async function compareAll({ out, root, domains, guard }: Context, { scratchUrl }: Options): Promise<Outcome> {
  await using scratch = await openScratch(scratchUrl, out.talk);
  if (scratchUrl !== undefined) guard(scratch);
  const reports: { readonly domain: string; readonly migrations: readonly ComparedDown[] }[] = [];
  for (const domain of domains) {
    out.progress(`… ${domain.name}`);
    const migrations = await proveHistory(domain, { root, scratch });
    reports.push({ domain: domain.name, migrations });
    const different = migrations.filter(({ derived, written }) => derived !== null || written !== null);
    if (out.json) continue;
    const equal = migrations.length - different.length;
    out.data(`${domain.name}: ${equal} of ${migrations.length} down files lead where the catalog diff leads`);
    for (const { migration, derived, written } of different) {
      out.data(`  ${migration}`);
      if (written !== null) out.data(`    down.sql: ${written}`);
      if (derived !== null) out.data(`    catalog diff: ${derived}`);
    }
  }
  const failed = reports.some(({ migrations }) => migrations.some(({ written }) => written !== null));
  return { exit: failed ? EXIT.no : EXIT.ok, code: failed ? 'DB_FINDINGS' : 'OK', domains: reports };
}

/** A way back that is none, something that the TypeScript does not know, or a hazard. */
function isRefused({ down, undeclared, findings }: ProvenFolder): boolean {
  return down === 'broken' || undeclared.length > 0 || findings.some(({ severity }) => severity === 'error');
}

/** By the name of the folder, or by a path to it or into it. */
async function find(path: string, domains: readonly DomainConfig[], root: string) {
  const name = [path, dirname(path)].map((one) => basename(one)).find((one) => /^\d{14}_/.test(one)) ?? path;
  for (const domain of domains) {
    const history = await readHistory(join(root, domain.migrations), root);
    if (history.some((migration) => migration.name === name)) return { domain, name };
  }
  const why = `no migration ${name} with a statement in it in ${domains.map((domain) => domain.migrations).join(', ')}`;
  throw new DbError('DB_MIGRATION_UNKNOWN', { why });
}

function show({ domain, path, proof, down, why, undeclared, findings }: ProvenFolder, { out }: Context): void {
  if (out.json) return;
  const words = {
    written: 'down.sql written',
    kept: 'its down.sql leads back',
    broken: `its down.sql is no way back: ${why}`,
    irreversible: `no way back: ${why}`,
  };
  out.data(`${domain}: ${path}  ${words[down]}`);
  out.data(`  proof: ${proof}`);
  for (const line of undeclared) out.data(`  not as the TypeScript declares: ${line}`);
  for (const { severity, code, line, message } of findings) out.data(`  ${severity} ${code} line ${line}: ${message}`);
}
