/** Files that are printed from the code and the migrations, relative to the configuration file. */
export interface GeneratedFiles {
  /** Folder of the pages of `db docs`. Absent: they are not kept. */
  readonly pages?: string;
  /** The file that `db script --out` writes. Absent: it is not kept. */
  readonly script?: string;
  /** What a person runs to write them all. */
  readonly command: string;
}
