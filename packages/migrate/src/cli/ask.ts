/** Asks a person on a terminal. Undefined: there is none, or he gave up. */
export async function askForText(message: string): Promise<string | undefined> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return undefined;
  const { isCancel, text } = await import('@clack/prompts');
  const answer = await text({ message, output: process.stderr });
  return isCancel(answer) ? undefined : answer;
}
