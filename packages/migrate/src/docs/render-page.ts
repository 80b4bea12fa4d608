import { diagram } from './diagram.ts';
import type { Relation } from './read-relations.ts';

export interface PageFacts {
  readonly schema: string;
  /** Where the schema is declared, for a link; NULL: the database's comments are the source. */
  readonly source: { readonly label: string; readonly link: string } | null;
  /** What one row of each table and view is, by its name. */
  readonly sentences: ReadonlyMap<string, string>;
}

/** The page of one schema without its head: a diagram of its tables, then a sentence for each table and view. Pure. */
export function renderPage(relations: readonly Relation[], { schema, source, sentences }: PageFacts): string {
  const tables = relations.filter(({ kind }) => kind === 'table');
  const views = relations.filter(({ kind }) => kind !== 'table');
  const of = ({ name, comment }: Relation) => inCell(sentences.get(name) ?? comment ?? '');
  const from = source === null ? '' : ` The source is [${source.label}](${source.link}).`;
  return [
    `# Schema \`${schema}\``,
    `Read from the catalog of a migrated database.${from}`,
    ...(tables.length === 0
      ? []
      : [
          ['```mermaid', ...diagram(tables), '```'].join('\n'),
          'A column marked `NULL` may be empty. PK, UK, FK: part of the primary key, of a unique key, of a foreign key.',
          '## Tables',
          [
            '| table | what it holds |',
            '| --- | --- |',
            ...tables.map((table) => `| \`${table.name}\` | ${of(table)} |`),
          ].join('\n'),
        ]),
    ...(views.length === 0
      ? []
      : [
          '## Views',
          [
            '| view | kind | what it shows |',
            '| --- | --- | --- |',
            ...views.map((view) => `| \`${view.name}\` | ${view.kind} | ${of(view)} |`),
          ].join('\n'),
        ]),
    '',
  ].join('\n\n');
}

/** Names of the relations that nobody has explained. Pure. */
export function unexplained(relations: readonly Relation[], sentences: PageFacts['sentences']): readonly string[] {
  return relations.filter(({ name, comment }) => !sentences.has(name) && comment === null).map(({ name }) => name);
}

function inCell(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');
}
