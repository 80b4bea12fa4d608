import type { Sql } from 'postgres';

type Parse = (text: string) => unknown;
type Serialize = (value: unknown) => unknown;

/** What the driver knows of types, by their oid; all connections of a client share it. */
interface DriverTypes {
  readonly parsers: Record<number, Parse>;
  readonly serializers: Record<number, Serialize>;
  readonly shared: { readonly typeArrayMap: Record<number, number> };
}

const ARRAY_TYPES = `SELECT oid AS "array", typelem AS element, typdelim AS delimiter FROM pg_catalog.pg_type
  WHERE typcategory = 'A' AND typelem <> 0`;

/** Lets the client read and write arrays of all types that the database has by now. The driver would ask for them on each connection, and
 *  where one is cut meanwhile the rejection is nobody's: it would end the process.
 *  @throws the driver's error */
export async function learnArrayTypes(client: Sql): Promise<void> {
  const { parsers, serializers, shared } = client.options as unknown as DriverTypes;
  const types = await client.unsafe<{ array: number; element: number; delimiter: string }[]>(ARRAY_TYPES);
  for (const { array, element, delimiter } of types) {
    if (parsers[array] !== undefined && serializers[array] !== undefined) continue;
    shared.typeArrayMap[element] = array;
    parsers[array] = (text) => parseArray(text, parsers[element] ?? ((item) => item), delimiter);
    serializers[array] = (value) => serializeArray(value, serializers[element] ?? String, delimiter);
  }
}

/** The values of an array's text, nested as its dimensions are; null where an element is null. */
export function parseArray(text: string, parse: Parse, delimiter: string): unknown[] {
  // bounds other than 1 stand before the array
  let at = text.indexOf('{') + 1;
  const readItem = (): string => {
    const isQuoted = text[at] === '"';
    let item = '';
    for (at += Number(isQuoted); isQuoted ? text[at] !== '"' : !isEnd(text[at]); at += 1) {
      if (text[at] === '\\') at += 1;
      item += text[at];
    }
    at += Number(isQuoted);
    return item;
  };
  const isEnd = (char: string | undefined) => char === delimiter || char === '}' || char === undefined;
  const readArray = (): unknown[] => {
    const values: unknown[] = [];
    while (at < text.length && text[at] !== '}') {
      if (text[at] === delimiter) at += 1;
      if (text[at] === '{') {
        at += 1;
        values.push(readArray());
      } else {
        const isQuoted = text[at] === '"';
        const item = readItem();
        values.push(!isQuoted && item === 'NULL' ? null : parse(item));
      }
    }
    at += 1;
    return values;
  };
  return readArray();
}

/** The text of an array; what is no array is text already.
 *  @throws {TypeError} for an element that is undefined */
export function serializeArray(value: unknown, serialize: Serialize, delimiter: string): unknown {
  if (!Array.isArray(value)) return value;
  const items = value.map((item: unknown) => {
    if (Array.isArray(item)) return serializeArray(item, serialize, delimiter);
    if (item === undefined) throw new TypeError('an array that is sent to PostgreSQL has an element that is undefined');
    if (item === null) return 'null';
    return `"${String(serialize(item)).replace(/[\\"]/g, '\\$&')}"`;
  });
  return `{${items.join(delimiter)}}`;
}
