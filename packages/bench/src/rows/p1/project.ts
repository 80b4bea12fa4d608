import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadGrammar, type OnlinePlan, planOnline, readFacts } from '@repo/migrate';
import { withConnection } from '../../support/connection.ts';
import { CHANGES } from './changes.ts';

/** The online forms of the changes, a folder of migrations each, in a temporary folder. */
export interface OnlineProject extends AsyncDisposable {
  readonly root: string;
  /** Files of each change. */
  readonly files: ReadonlyMap<string, number>;
}

/** Plans every change for the database at `url`, as the generator does for a table of unknown size. */
export async function writeOnlineProject(url: string): Promise<OnlineProject> {
  await loadGrammar();
  const root = await mkdtemp(join(tmpdir(), 'bench-online-'));
  const files = new Map<string, number>();
  await withConnection(url, async (sql) => {
    const facts = await readFacts(sql, ['bench']);
    for (const { name, statement } of CHANGES) {
      const plan = planOnline([statement], facts);
      files.set(name, plan.files.length);
      await writePlan(join(root, name), plan);
    }
  });
  return { root, files, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}

async function writePlan(folder: string, { files }: OnlinePlan): Promise<void> {
  for (const [number, { noTransaction, inBatches, contract, statements }] of files.entries()) {
    const words = [noTransaction && 'no-transaction', inBatches && 'in-batches', contract && 'contract'];
    const header = words.filter((word) => word !== false).map((word) => `-- db: ${word}`);
    const migration = join(folder, `2026010200000${number}_change`);
    await mkdir(migration, { recursive: true });
    const text = [...header, ...statements.map((statement) => `${statement};`)].join('\n');
    await writeFile(join(migration, 'migration.sql'), text);
  }
}
