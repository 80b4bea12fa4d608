/** A way back that keeps more than the catalog diff could. */
export interface DraftDown {
  readonly statements: readonly string[];
  readonly noTransaction: boolean;
  readonly inBatches: boolean;
}

/** Statements that belong together, and how they are run. */
export interface Piece {
  /** `transaction`: may stand in one transaction with others, for each is brief. `steps`: one by one, each on its own. */
  readonly how: 'transaction' | 'steps';
  readonly statements: readonly string[];
  /** What it depends on though no statement of it names it, as `touchedObjects` names things: it keeps its place beside others on that. */
  readonly touches?: readonly string[];
  /** Its UPDATEs run in batches by the table's key. */
  readonly inBatches?: boolean;
  /** Drops what an older build may use. */
  readonly contract?: boolean;
  /** Its place among the four of a column that is swapped; those of several columns go together. */
  readonly stage?: number;
  /** What has both an old and a new name meanwhile, `schema.table` or `schema.table.column`, quoted: no value is lost with one of them. */
  readonly renamed?: readonly (readonly [string, string])[];
  /** Hazards of docs/lint.md that do none here, and why. */
  readonly allow?: Readonly<Record<string, string>>;
  /** Absent: the catalog diff writes it. */
  readonly down?: DraftDown;
  /** What the way back begins with where the catalog diff writes it; the renames are turned round already. */
  readonly backFirst?: readonly string[];
  /** A file of its own, whatever stands around it. */
  readonly alone?: boolean;
}

export const inTransaction = (...statements: readonly string[]): Piece => ({ how: 'transaction', statements });
export const inSteps = (...statements: readonly string[]): Piece => ({ how: 'steps', statements });
