/** One database object that drizzle-kit cannot model, as the statements that create it in an empty schema. */
export interface SqlObject {
  readonly kind: 'comment' | 'extension' | 'function' | 'index' | 'storage' | 'trigger';
  /** Identity within its kind, for messages. */
  readonly name: string;
  /** One statement, no trailing semicolon. */
  readonly sql: string;
}
