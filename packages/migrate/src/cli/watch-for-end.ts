import { DbError } from '../errors/db-error.ts';

/** Has the end of the process reported that code of the project brings about in the middle of a command, by `process.exit` say: no command
 *  ends without a word, or with 0 before its work is done. Gives what ends the watch. `report` gives the exit code. */
export function watchForEnd(report: (error: DbError) => number): () => void {
  const reported = (code: number) => {
    process.exitCode = report(endedBy(code));
  };
  const end = () => {
    process.off('exit', reported);
    process.off('uncaughtExceptionMonitor', end);
  };
  process.prependOnceListener('exit', reported);
  // It has words of its own.
  process.once('uncaughtExceptionMonitor', end);
  return end;
}

/** Node's exit code where nothing is left that could end a top-level `await`. */
const WAITS_FOR_NOTHING = 13;

function endedBy(code: number): DbError {
  if (code === WAITS_FOR_NOTHING)
    return new DbError('DB_CONFIG', {
      why: 'a module of the project waits for something that never comes',
      fix: 'look for a top-level `await` in the configuration and in what it imports',
    });
  return new DbError('DB_CONFIG', {
    why: `code of the project ended the process, with ${code}, before the command was through`,
    fix: 'let nothing that the configuration imports call `process.exit`',
  });
}
