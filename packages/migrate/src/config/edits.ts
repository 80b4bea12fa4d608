/** A file of the history that may differ from the base branch. */
export interface AllowedEdit {
  /** Its path, or the end of it; `*` stands for any part. */
  readonly file: string;
  /** Why, for the reader of the configuration. */
  readonly reason: string;
}
