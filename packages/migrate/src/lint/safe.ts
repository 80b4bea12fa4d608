import type { RuleContext } from './rule.ts';

/** Statements that go into one migration; `alone`: outside a transaction. */
export interface SafeFile {
  readonly alone?: true;
  /** Without semicolons; a comment stands for itself. */
  readonly sql: readonly string[];
}

const ORDER = ['first', 'second', 'third', 'fourth', 'fifth'];

/** SQL ready to paste, with a line that says where one migration ends and the next begins. */
export function safeForm({ file }: Pick<RuleContext, 'file'>, ...files: readonly SafeFile[]): string {
  return files
    .map(({ alone, sql }, index) => {
      const which = files.length === 1 ? [] : [`-- ${ORDER[index]} migration`];
      const outside = file.runner === 'engine' ? '-- db: no-transaction' : '-- outside a transaction';
      const body = sql.map((line) => (line.startsWith('--') ? line : `${line};`));
      return [...which, ...(alone === true ? [outside] : []), ...body].join('\n');
    })
    .join('\n\n');
}

/** Migrations that run in a transaction. */
export const plain = (...sql: readonly string[]): SafeFile => ({ sql });
/** Migrations whose statements run one by one. */
export const alone = (...sql: readonly string[]): SafeFile => ({ alone: true, sql });
