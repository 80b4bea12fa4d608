import { ERASE_LINE } from './output.ts';

/** Asks a person on a terminal. Undefined: there is none, or they gave up. */
export async function askForText(message: string): Promise<string | undefined> {
  if (!isPersonThere()) return undefined;
  const { isCancel, text } = await prompts();
  const answer = await text({ message, output: process.stderr });
  return isCancel(answer) ? undefined : answer;
}

/** Lets a person on a terminal choose one of the labels; its index. Undefined: there is none, or they gave up. */
export async function askToChoose(message: string, labels: readonly string[]): Promise<number | undefined> {
  if (!isPersonThere()) return undefined;
  const { isCancel, select } = await prompts();
  const options = labels.map((label, value) => ({ label, value }));
  const answer = await select({ message, options, output: process.stderr });
  return isCancel(answer) ? undefined : answer;
}

function isPersonThere(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** A question begins on a line of its own: what stood there of progress goes. */
async function prompts() {
  process.stderr.write(ERASE_LINE);
  return await import('@clack/prompts');
}
