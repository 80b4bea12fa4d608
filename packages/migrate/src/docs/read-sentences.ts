import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const DECLARATION =
  /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export const \w+ = \w+\s*\.(?:table|view|materializedView)\(\s*'([^']+)'/g;

const SCHEMA = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export const \w+ = pgSchema\(\s*'([^']+)'/g;

/** What the schema files of a domain say one row of each table and view is: the comment above its declaration, on one line. */
export async function readSentences(folder: string): Promise<ReadonlyMap<string, string>> {
  return await readComments(folder, DECLARATION);
}

/** What they say a schema is for: the comment above its declaration, on one line. NULL: nothing. */
export async function readSchemaSentence(folder: string, schema: string): Promise<string | null> {
  return (await readComments(folder, SCHEMA)).get(schema) ?? null;
}

async function readComments(folder: string, declaration: RegExp): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true });
  const files = entries.filter((file) => /^schema(\.ts|[/\\].*\.ts)$/.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return new Map(texts.flatMap((text) => sentencesOf(text, declaration)));
}

function sentencesOf(text: string, declaration: RegExp): readonly (readonly [string, string])[] {
  return [...text.matchAll(declaration)].map(([, comment = '', name = '']) => [
    name,
    comment
      .split('\n')
      .map((line) => line.replace(/^\s*\*?\s*/, '').trim())
      .join(' ')
      .trim(),
  ]);
}
