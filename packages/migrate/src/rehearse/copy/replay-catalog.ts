import { insertHistoryRows, readHistoryRows } from '../../backup/history-rows.ts';
import { openSession, type Session } from '../../connect/session.ts';
import { parseTarget, type Target } from '../../connect/target.ts';
import { diffDatabases } from '../../diff/diff-databases.ts';
import { DbError } from '../../errors/db-error.ts';
import type { ScratchBuilder } from '../../repair/replay.ts';
import type { Copy } from './copy.ts';
import { type FillCopyOptions, fillCopy } from './fill-copy.ts';

export interface ReplayCatalogOptions extends FillCopyOptions {
  /** Schemas whose objects are made again. */
  readonly schemas: readonly string[];
  /** Names under which the history has rows that come along. Empty: none. */
  readonly histories: readonly string[];
  /** Makes the history's tables in an empty database. */
  readonly ensure: (session: Session) => Promise<void>;
  /** Why the database was not cloned. */
  readonly why: string;
}

/** Makes on the scratch server what the catalog of a live database says, with generated rows. Of the live one it only reads. What that
 *  server refuses, because a role or an extension is not there, is left out and said.
 *  @throws {DbError} DB_GENERATE where the catalog cannot be written as statements */
export async function replayCatalog(
  source: Target,
  scratch: ScratchBuilder,
  options: ReplayCatalogOptions,
): Promise<Copy> {
  const database = await scratch.build([]);
  try {
    const target = parseTarget(database.url, 'the copy');
    const { statements, why } = await diffDatabases(target, source, options.schemas);
    if (statements === null) throw new DbError('DB_GENERATE', { why: why ?? '', changed: 'nothing was changed' });
    await using session = await openSession(target, { app: 'db rehearse' });
    await build(
      session,
      statements.map(({ sql }) => sql),
      options.talk,
    );
    const generated = await fillCopy(session, options.schemas, options);
    if (options.histories.length > 0) await copyHistory(source, session, options);
    return {
      target,
      report: { how: 'replay', why: options.why, generated, serverVersion: session.serverVersion },
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    };
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}

async function build({ sql }: Session, statements: readonly string[], talk: (line: string) => void): Promise<void> {
  await sql.unsafe('SET check_function_bodies = off');
  for (const statement of statements) {
    await sql.unsafe(statement).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      talk(`  note: not on the copy: ${statement.split('\n', 1)[0]}: ${why}`);
    });
  }
  await sql.unsafe('RESET check_function_bodies');
}

async function copyHistory(
  source: Target,
  copy: Session,
  { histories, ensure }: Pick<ReplayCatalogOptions, 'histories' | 'ensure'>,
): Promise<void> {
  await using live = await openSession(source, { app: 'db rehearse', readOnly: true });
  await ensure(copy);
  for (const name of histories) await insertHistoryRows(copy.sql, await readHistoryRows(live.sql, name));
}
