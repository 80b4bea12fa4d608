/** A page for each domain: a diagram of its tables, and what each table and view is. */
export interface SchemaPages {
  /** Folder of the pages, relative to the configuration file. */
  readonly folder: string;
  /** Folder with a domain's `schema.ts` or `schema/`, relative to the configuration file: the comments above its declarations are the
   *  sentences. Absent, or undefined for a domain: COMMENT ON in the database is. */
  readonly source?: (domain: string) => string | undefined;
}

/** Files that are printed from the code and the migrations, relative to the configuration file. */
export interface GeneratedFiles {
  /** Folder of the pages of `db docs`. Absent: they are not kept. */
  readonly pages?: string;
  /** The file that `db script --out` writes. Absent: it is not kept. */
  readonly script?: string;
  /** Pages of the schemas, by `db docs`. Absent: they are not kept. */
  readonly schema?: SchemaPages;
  /** What a person runs to write them all. */
  readonly command: string;
}
