/** What a scratch server refused, kept as the cause of the error that people see. */
export class StatementRefused extends Error {
  readonly statement: string;

  constructor(statement: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.statement = statement;
  }
}
