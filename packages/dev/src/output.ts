/** The only place of this package that prints: stdout is the result, stderr is talk. */
export const output = {
  data: (line: string) => void process.stdout.write(`${line}\n`),
  talk: (line: string) => void process.stderr.write(`${line}\n`),
};
