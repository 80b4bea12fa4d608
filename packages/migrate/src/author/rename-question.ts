import type { KitAnswer } from './drizzle-kit.ts';
import type { Entity, Hint } from './hints.ts';

/** A question as drizzle-kit asks it, which does not say what went. */
export interface Unresolved {
  readonly type: string;
  readonly kind: string;
  readonly entity: Entity;
}

/** Something is new, and it may be something renamed that went. */
export interface RenameQuestion extends Unresolved {
  /** What went and may be the former one. */
  readonly candidates: readonly Entity[];
}

/** The questions with what went. `asNew`: what drizzle-kit would do were all of it new; its drops are the candidates. */
export function renameQuestions(unresolved: readonly Unresolved[], asNew: KitAnswer): readonly RenameQuestion[] {
  const statements = (asNew['statements'] ?? []) as readonly Readonly<Record<string, unknown>>[];
  return unresolved.map((question) => ({
    ...question,
    candidates: statements
      .filter(({ type }) => type === `drop_${SHORT[question.kind] ?? question.kind}`)
      // Of a schema the statement itself has the name.
      .map((statement) => entityOf(statement[SHORT[question.kind] ?? question.kind] ?? statement))
      .filter((former) => former.length === question.entity.length && sameTable(former, question.entity)),
  }));
}

/** Kinds that drizzle-kit's statements call otherwise than its questions. */
const SHORT: Readonly<Record<string, string>> = { 'foreign key': 'fk', primary_key: 'pk' };

/** The answer that it is new, which drops the candidates. */
export function asCreated({ type, kind, entity }: Unresolved): Hint {
  return { type: type === 'rename_or_create' ? 'create' : 'confirm_data_loss', kind, entity };
}

/** The answer that it is a former one. */
export function asRenamed({ kind, entity }: RenameQuestion, from: Entity): Hint {
  return { type: 'rename', kind, from, to: entity };
}

/** What is asked, and both answers as the text of a hints file; `given` are the answers that are there already. */
export function describeQuestions(questions: readonly RenameQuestion[], given: readonly Hint[]): string {
  const taken = new Set<string>();
  const renamed = questions.map((question) => {
    const from = question.candidates.find((former) => !taken.has(former.join('.')));
    if (from === undefined) return asCreated(question);
    taken.add(from.join('.'));
    return asRenamed(question, from);
  });
  const file = (hints: readonly Hint[]) => JSON.stringify([...given, ...hints]);
  return [
    'renamed, or dropped and created?',
    ...questions.map(({ kind, entity, candidates }) => `  ${kind} ${entity.join('.')}: ${formerNames(candidates)}`),
    '  hints file for renamed:',
    `    ${file(renamed)}`,
    `  hints file for new, which drops what went${questions.some(hasData) ? ', with its data' : ''}:`,
    `    ${file(questions.map(asCreated))}`,
  ].join('\n');
}

/** Whether what goes takes rows or values with it. */
export function hasData({ kind }: Pick<Unresolved, 'kind'>): boolean {
  return ['schema', 'table', 'column'].includes(kind);
}

function formerNames(candidates: readonly Entity[]): string {
  if (candidates.length === 0) return 'new';
  return `is it ${candidates.map((former) => former.join('.')).join(', or ')} renamed?`;
}

function entityOf(dropped: unknown): Entity {
  const { schema, table, name } = (dropped ?? {}) as Readonly<Record<string, unknown>>;
  return [schema, table, name].filter((part) => typeof part === 'string');
}

/** Columns and the like do not move from one table to another; tables may move to another schema. */
function sameTable(a: Entity, b: Entity): boolean {
  return a.length < 3 || (a[0] === b[0] && a[1] === b[1]);
}
