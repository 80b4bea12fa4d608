import { EXIT } from '../errors/codes.ts';
import type { Outcome } from './command.ts';

/** What --json prints of a command that ran to its end. */
export function envelope(command: string, { exit, code, domains, extra }: Outcome): string {
  return JSON.stringify({ version: 1, command, ok: exit === EXIT.ok, code, domains, ...extra });
}
