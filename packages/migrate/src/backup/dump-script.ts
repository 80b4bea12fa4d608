/** A script as `pg_restore --file=-` prints it, taken apart while it is read: statements, and the rows behind each COPY. */
export interface DumpScript {
  /** The statements up to the next COPY, and that COPY without its semicolon, where rows are looked for; `copy` is undefined at the
   *  end. After a COPY its rows must be read first. */
  next(): Promise<{ readonly statements: string; readonly copy: string | undefined }>;
  /** The rows of the COPY that was given last, without the line that ends them. */
  rows(): AsyncGenerator<Buffer>;
}

const COPY = /^(COPY .+ FROM stdin);$/;
const END_OF_ROWS = Buffer.from('\\.\n');

export function readDumpScript(source: AsyncIterable<Buffer>): DumpScript {
  const chunks = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const more = async (): Promise<boolean> => {
    const { done, value } = await chunks.next();
    if (done === true) return false;
    held = held.length === 0 ? value : Buffer.concat([held, value]);
    return true;
  };
  const line = async (): Promise<string | undefined> => {
    let end = held.indexOf('\n');
    while (end < 0) {
      if (!(await more())) return undefined;
      end = held.indexOf('\n');
    }
    const text = held.subarray(0, end).toString('utf8');
    held = held.subarray(end + 1);
    return text;
  };
  return {
    next: async () => {
      const statements: string[] = [];
      for (let text = await line(); text !== undefined; text = await line()) {
        const [, copy] = COPY.exec(text) ?? [];
        if (copy !== undefined) return { statements: statements.join('\n'), copy };
        statements.push(text);
      }
      return { statements: statements.join('\n'), copy: undefined };
    },
    rows: async function* () {
      for (let startsLine = true; ; ) {
        while (held.length <= END_OF_ROWS.length && (await more()));
        if (startsLine && held.subarray(0, END_OF_ROWS.length).equals(END_OF_ROWS)) {
          held = held.subarray(END_OF_ROWS.length);
          return;
        }
        const end = held.indexOf('\n\\.\n');
        // What could be the beginning of the end is kept back.
        const length = end < 0 ? held.length - END_OF_ROWS.length : end + 1;
        if (length <= 0) throw new Error('the dump ends within the rows of a table');
        const rows = held.subarray(0, length);
        held = held.subarray(length);
        startsLine = rows.at(-1) === 0x0a;
        yield rows;
      }
    },
  };
}

/** The word by which newer programs fence in what is meant for psql; undefined where they do not. */
export function fenceOf(statements: string): string | undefined {
  return /^\\restrict (\S+)$/m.exec(statements)?.[1];
}

/** The statements as a server of this major version takes them: without the fence, and without a setting that only newer servers have.
 *  Pure. */
export function forServer(statements: string, serverMajor: number, fence: string | undefined): string {
  const lines = statements
    .split('\n')
    .filter((line) => fence === undefined || (line !== `\\restrict ${fence}` && line !== `\\unrestrict ${fence}`));
  return serverMajor >= 17 ? lines.join('\n') : lines.join('\n').replace(/^SET transaction_timeout = 0;$/m, '');
}
