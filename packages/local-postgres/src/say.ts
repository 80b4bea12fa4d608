const said = new Set<string>();

/** Writes one line for people to stderr; a line that this process has already written is not repeated. */
export function say(line: string): void {
  if (said.has(line)) return;
  said.add(line);
  process.stderr.write(`local-postgres: ${line}\n`);
}
