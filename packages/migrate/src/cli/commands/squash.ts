import { openScratch } from '../../author/scratch.ts';
import { EXIT } from '../../errors/codes.ts';
import { countOf } from '../../errors/count-of.ts';
import { DbError } from '../../errors/db-error.ts';
import type { Ground } from '../../squash/prove.ts';
import { type Squash, squashDomain } from '../../squash/squash-domain.ts';
import { writeBaseline } from '../../squash/write-baseline.ts';
import type { Context, Outcome } from '../command.ts';
import type { Output } from '../output.ts';

interface Options {
  readonly to?: string;
  readonly yes?: boolean;
  readonly scratchUrl?: readonly string[];
}

/** Oldest and newest supported. The older one also writes: the newer understands it. */
const VERSIONS = [15, 18] as const;

export async function run(context: Context, options: Options): Promise<Outcome> {
  const { out, domains, root, finished, guard } = context;
  const [domain, ...others] = domains;
  if (domain === undefined || others.length > 0)
    throw new DbError('DB_USAGE', { why: 'a history is squashed on purpose: expected exactly one --domain' });
  await using opened = new AsyncDisposableStack();
  const grounds = await open(options.scratchUrl ?? [], out, opened);
  let interrupted = false;
  const end = async () => {
    interrupted = true;
    await opened.disposeAsync();
  };
  if (options.scratchUrl !== undefined) guard({ [Symbol.asyncDispose]: end });
  out.progress(`… ${domain.name}: both ways on PostgreSQL ${grounds.map(({ version }) => version).join(' and ')}`);
  const today = new Date().toISOString().slice(0, 10);
  const squash = await squashDomain(domain, { root, to: options.to, grounds, today });
  const written = options.yes === true && !interrupted;
  if (written) writeBaseline(domain, root, squash);
  finished.push({ ...squash, written });
  if (!out.json) show(out, squash, domain.migrations, written);
  if (written) return { exit: EXIT.ok, code: 'OK', domains: finished };
  if (!out.json) out.talk('nothing was written: read it, then run it again with --yes');
  return { exit: EXIT.decision, code: 'DB_CONFIRM', domains: finished };
}

async function open(urls: readonly string[], out: Output, opened: AsyncDisposableStack): Promise<readonly Ground[]> {
  const grounds: Ground[] = [];
  for (const one of urls.length > 0 ? urls : VERSIONS) {
    const scratch = opened.use(
      typeof one === 'string' ? await openScratch(one, out.talk) : await openScratch(undefined, out.talk, one),
    );
    grounds.push({ scratch, version: await scratch.version() });
  }
  return grounds.sort((a, b) => a.version - b.version);
}

function show(out: Output, squash: Squash, folder: string, written: boolean): void {
  const { domain, name, replaced, statements, versions, unstable, backfills, sql, rowStatements } = squash;
  if (!written) out.data(sql.trimEnd());
  const rows = rowStatements === 0 ? '' : `, ${rowStatements} of them for rows`;
  const mark = written ? 'wrote' : 'would write';
  out.data(
    `${out.paint('bold', domain)}: ${mark} ${folder}/${name}: ${countOf(replaced.length, 'migration')} with ${countOf(statements.before, 'statement')} become one with ${statements.after}${rows}`,
  );
  out.data(`  equal on PostgreSQL ${versions.join(' and ')}: catalog, order of columns, rows; its down leaves nothing`);
  for (const one of unstable) out.data(`  note: ${one} has another value in each run; the baseline has that of one`);
  if (backfills.length > 0)
    out.data(`  backfills that nothing in the history waits for any more: ${backfills.join(', ')}`);
}
