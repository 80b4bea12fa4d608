/** What Postgres said of a failure, without the values of any row. */
export interface DatabaseErrorFields {
  /** Five-letter SQLSTATE; the driver's own word, for example CONNECTION_CLOSED, where the server said nothing. */
  readonly sqlState: string;
  /** Constraint that refused. undefined: none did. */
  readonly constraint?: string | undefined;
  readonly schema?: string | undefined;
  readonly table?: string | undefined;
  /** Columns of the key, or the column that was null; empty where Postgres names none (checks). */
  readonly columns?: readonly string[] | undefined;
}

/** A query or connection that failed. Its message, its fields and its JSON hold no value of any row; the driver's error, which does
 *  (in `detail`), is the `cause`: log `message`, not the cause. */
export class DatabaseError extends Error implements DatabaseErrorFields {
  readonly sqlState: string;
  readonly constraint: string | undefined;
  readonly schema: string | undefined;
  readonly table: string | undefined;
  readonly columns: readonly string[];
  /** Whether nothing was done and the same work, begun anew, may pass. In a transaction all of it must be begun anew. */
  readonly retryable: boolean = false;

  constructor(message: string, fields: DatabaseErrorFields, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.sqlState = fields.sqlState;
    this.constraint = fields.constraint;
    this.schema = fields.schema;
    this.table = fields.table;
    this.columns = fields.columns ?? [];
  }

  /** All but stack and cause. */
  toJSON(): object {
    const { name, message, sqlState, constraint, schema, table, columns, retryable } = this;
    return { name, message, sqlState, constraint, schema, table, columns, retryable };
  }
}
