/** What pino's loggers have in common with ours: fields first. */
export interface PinoLike {
  bindings(): object;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** winston's loggers, and the console: the message first. */
export interface WinstonLike {
  info(message: string, fields: object): unknown;
  warn(message: string, fields: object): unknown;
}

/** A logger as an application has it; only these two levels are written to. */
export type Logger = PinoLike | WinstonLike;

/** One line for a log: a sentence, and the same facts as fields. */
export interface LogLine {
  readonly level: 'info' | 'warn';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Writes lines in the order of arguments that the logger expects. A logger that throws fails no migration. */
export function writerTo(logger: Logger | undefined): (line: LogLine) => void {
  if (logger === undefined) return () => {};
  return ({ level, message, fields }) => {
    try {
      if ('bindings' in logger) logger[level](fields, message);
      else logger[level](message, fields);
    } catch {}
  };
}
