/** The only place of this package that prints: stdout is the result, stderr is talk. */
export interface Output {
  data(line: string): void;
  talk(line: string): void;
}

export const output: Output = {
  data: (line) => void process.stdout.write(`${line}\n`),
  talk: (line) => void process.stderr.write(`${line}\n`),
};
