import { EXIT } from '../../errors/codes.ts';
import { DbError } from '../../errors/db-error.ts';
import type { Context, Outcome } from '../command.ts';
import { completionScript, SHELLS, type Shell } from '../completion-script.ts';
import { createProgram } from '../program.ts';

export async function run({ out, config }: Context, _options: object, [shell]: readonly string[]): Promise<Outcome> {
  if (!isShell(shell))
    throw new DbError('DB_USAGE', { why: `completion: expected one of ${SHELLS.join(', ')}, got ${shell}` });
  const script = completionScript(
    shell,
    createProgram(() => {}),
    config.domains.map(({ name }) => name),
  );
  if (!out.json) out.data(script);
  return { exit: EXIT.ok, code: 'OK', domains: [], extra: { script } };
}

function isShell(shell: string | undefined): shell is Shell {
  return SHELLS.some((known) => known === shell);
}
