import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** The only place that prints. stdout is data, stderr is talk; colour only where the stream is a terminal that wants it. */
export interface Output {
  readonly json: boolean;
  /** A line of data, or of the human report. */
  data(line: string): void;
  /** A line for the person watching; never part of the result. */
  talk(line: string): void;
  /** A line of an error: on stderr also where talk is off. */
  error(line: string): void;
  /** Redraws the last line of talk; silent off a terminal. */
  progress(line: string): void;
  paint(style: Style, text: string): string;
  /** Same as `paint`, for lines that go to `talk`. */
  paintTalk(style: Style, text: string): string;
}

export function createOutput(json: boolean, quiet: boolean): Output {
  let drawn = false;
  const clear = () => {
    if (drawn) process.stderr.write('\r\u001b[2K');
    drawn = false;
  };
  const paintOn = (stream: NodeJS.WriteStream) => (style: Style, text: string) =>
    styleText(style, text, { stream, validateStream: true });
  return {
    json,
    data: (line) => {
      clear();
      process.stdout.write(`${line}\n`);
    },
    talk: (line) => {
      clear();
      if (!quiet) process.stderr.write(`${line}\n`);
    },
    error: (line) => {
      clear();
      process.stderr.write(`${line}\n`);
    },
    progress: (line) => {
      if (quiet || process.stderr.isTTY !== true) return;
      process.stderr.write(`\r\u001b[2K${line}`);
      drawn = true;
    },
    paint: paintOn(process.stdout),
    paintTalk: paintOn(process.stderr),
  };
}
