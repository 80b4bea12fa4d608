import type { Piece } from '../piece.ts';

/** Puts the stages of columns that are swapped one after another together, so that all of them change in one transaction. Where an
 *  index or a key stands on two of them they stay one after another: the second is built over the first one's new column. */
export function togetherByStage(pieces: readonly Piece[]): readonly Piece[] {
  const result: Piece[] = [];
  let run: Piece[] = [];
  const end = () => {
    result.push(...(share(run) ? run : run.toSorted((a, b) => (a.stage ?? 0) - (b.stage ?? 0))));
    run = [];
  };
  for (const piece of pieces) {
    if (piece.stage === undefined) {
      end();
      result.push(piece);
    } else run.push(piece);
  }
  end();
  return result;
}

/** Whether two of them drop the same thing. */
function share(pieces: readonly Piece[]): boolean {
  const drops = pieces.flatMap(({ statements }) =>
    statements.filter((statement) => /\bDROP (CONSTRAINT|INDEX|STATISTICS)\b/.test(statement)),
  );
  const swaps = drops.filter((statement) => !statement.includes('_is_set'));
  return new Set(swaps).size < swaps.length;
}
