import { Console } from 'node:console';
import { styleText } from 'node:util';
import { type Part, progressLine } from './progress-line.ts';

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
  /** Redraws the last line of talk, fitted to the terminal. Off a terminal: a line of its own, at most every ten seconds. */
  progress(label: string, part?: Part): void;
  /** Characters in a line of the terminal that stdout is. Undefined: it is none. */
  readonly columns: number | undefined;
  paint(style: Style, text: string): string;
  /** Same as `paint`, for lines that go to `talk`. */
  paintTalk(style: Style, text: string): string;
}

/** What the project's own modules print by `console` is talk: stdout stays data. */
export function divertConsole({ stderr }: Terminal = process): void {
  globalThis.console = new Console(stderr);
}

/** Empties the line that the cursor is in, on a terminal. */
export const ERASE_LINE = '\r\u001b[2K';

const PROGRESS_EVERY_MS = 10_000;

/** A terminal, which has columns, a pipe or a file. */
type Stream = NodeJS.WritableStream & { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined };

/** What it prints to, and its clock; only tests give others. */
export interface Terminal {
  readonly stdout: Stream;
  readonly stderr: Stream;
  /** Milliseconds from anywhere on. */
  readonly now?: () => number;
}

export function createOutput(json: boolean, quiet: boolean, terminal: Terminal = process): Output {
  const { stdout, stderr, now = () => performance.now() } = terminal;
  let drawn = false;
  let told = now();
  const clear = () => {
    if (drawn) stderr.write(ERASE_LINE);
    drawn = false;
  };
  const paintOn = (stream: Stream) => (style: Style, text: string) =>
    styleText(style, text, { stream, validateStream: true });
  return {
    json,
    data: (line) => {
      clear();
      stdout.write(`${line}\n`);
    },
    talk: (line) => {
      clear();
      if (!quiet) stderr.write(`${line}\n`);
    },
    error: (line) => {
      clear();
      stderr.write(`${line}\n`);
    },
    progress: (label, part) => {
      if (quiet) return;
      if (stderr.isTTY === true) {
        stderr.write(`${ERASE_LINE}${progressLine(label, part, stderr.columns)}`);
        drawn = true;
      } else if (now() - told >= PROGRESS_EVERY_MS) {
        told = now();
        stderr.write(`${progressLine(label, part, undefined)}\n`);
      }
    },
    get columns() {
      return stdout.isTTY === true ? stdout.columns : undefined;
    },
    paint: paintOn(stdout),
    paintTalk: paintOn(stderr),
  };
}
