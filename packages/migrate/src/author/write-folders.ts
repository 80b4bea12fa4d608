import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DraftFile } from '../online/plan-online.ts';
import { downText, migrationText } from './file-text.ts';
import { folderNames } from './folder-names.ts';
import { lossesOfFile } from './losses-of-file.ts';
import { keptChanges } from './proof-line.ts';
import type { Proof } from './prove.ts';
import type { Move, StagedHistory } from './staging.ts';

export interface WrittenFile {
  readonly migration: string;
  /** Relative to the configuration file. */
  readonly path: string;
  readonly noTransaction: boolean;
  readonly contract: boolean;
  /** Why it cannot be undone. NULL: its down.sql undoes it. */
  readonly irreversible: string | null;
}

export interface FolderFacts {
  /** As words. */
  readonly title: string;
  readonly date: string;
  readonly proof: string;
  /** What drizzle-kit named its folder; the snapshot lies in it. */
  readonly folder: string;
  readonly staged: Pick<StagedHistory, 'folder'>;
  /** Statements of the catalog diff. */
  readonly objects: ReadonlySet<string>;
  /** The history's folder, and as messages name it. */
  readonly target: string;
  readonly shown: string;
}

/** Writes each file into a folder of its own, with its way back. drizzle-kit's snapshot goes with the last one, whose state it is: a
 *  folder without a snapshot is nothing to drizzle-kit, so its chain stays one line. */
export async function writeFolders(
  files: readonly DraftFile[],
  proof: Proof,
  facts: FolderFacts,
): Promise<{ readonly files: readonly WrittenFile[]; readonly moves: readonly Move[] }> {
  const { staged, folder, shown, target } = facts;
  const others = (await readdir(join(staged.folder(folder), '..'))).filter((name) => name !== folder);
  const names = folderNames(
    folder,
    files.map(({ slug }) => slug),
    others,
  );
  const last = names.at(-1) ?? folder;
  if (last !== folder) await rename(staged.folder(folder), staged.folder(last));
  for (const [number, file] of files.entries()) {
    const at = staged.folder(names[number] ?? folder);
    await mkdir(at, { recursive: true });
    const step = files.length === 1 ? '' : `, step ${number + 1} of ${files.length}`;
    const title = `${facts.title.charAt(0).toUpperCase()}${facts.title.slice(1)}${step}`;
    await writeFile(join(at, 'migration.sql'), migrationText(file, facts.objects, { ...facts, title }));
    await writeFile(join(at, 'down.sql'), down(file, number, proof, { ...facts, title }));
  }
  return {
    files: files.map(({ noTransaction, contract }, number) => {
      const migration = names[number] ?? folder;
      const irreversible = proof.waysBack[number]?.irreversible ?? null;
      return { migration, path: join(shown, migration), noTransaction, contract, irreversible };
    }),
    moves: names.map((name) => ({ from: staged.folder(name), to: join(target, name) })),
  };
}

function down(file: DraftFile, number: number, proof: Proof, facts: FolderFacts): string {
  const way = proof.waysBack[number] ?? { statements: [], noTransaction: false, irreversible: 'it was not proven' };
  const { back, up } = lossesOfFile(file, proof, number);
  // A down of its own brings the values back.
  return downText(way, back, file.down === null ? up : { ...up, gone: [] }, {
    ...facts,
    kept: number === 0 ? keptChanges(proof) : [],
  });
}
