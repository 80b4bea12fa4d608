import { dropsPart } from '../contract/drop-forms.ts';
import { parseSql } from '../sql/parse.ts';
import { overlap, touchedObjects } from '../sql/touches.ts';
import type { DraftDown, Piece } from './piece.ts';
import type { DraftFile } from './plan-online.ts';

interface Open {
  readonly pieces: Piece[];
  readonly how: Piece['how'];
  readonly alone: boolean;
  readonly contract: boolean;
  touched: ReadonlySet<string>;
}

/** Puts pieces into as few files as their ways of running allow, in their order: a piece moves into an earlier file only where it
 *  touches nothing that a file between names, and never where it drops what others are made of: their statements do not say so. */
export function assemble(pieces: readonly Piece[]): readonly DraftFile[] {
  const files: Open[] = [];
  for (const piece of pieces) {
    const seen = look(piece);
    const file = placeFor(piece, seen, files);
    if (file === undefined) {
      const { how, alone = false, contract = false } = piece;
      files.push({ how, alone, contract, pieces: [piece], touched: seen.touched });
    } else {
      file.pieces.push(piece);
      file.touched = new Set([...file.touched, ...seen.touched]);
    }
  }
  // What an older build may use goes last: it ships in a release of its own. A view under an old name goes before what it reads.
  const rank = ({ contract, alone }: Open) => (contract ? (alone ? 1 : 2) : 0);
  const ordered = files.toSorted((one, other) => rank(one) - rank(other));
  return ordered.map((file, number) => draftFile(file, number, ordered.length));
}

function placeFor(piece: Piece, { touched, stays }: Look, files: readonly Open[]): Open | undefined {
  let place: Open | undefined;
  // Contract files go last, so they stand between nothing.
  const contract = piece.contract ?? false;
  for (const file of files.filter((one) => one.contract === contract).toReversed()) {
    const fits = file.how === piece.how && !file.alone && (!contract || keepsValues(file) === keepsValues(piece));
    if (fits && piece.alone !== true) place = file;
    if (stays || overlap(file.touched, touched)) break;
  }
  return place;
}

/** A file with a way back of its own has one for all that is in it. */
function keepsValues(one: Piece | Open): boolean {
  return 'pieces' in one ? one.pieces.every(keepsValues) : one.down !== undefined;
}

function draftFile({ pieces, how, contract }: Open, number: number, count: number): DraftFile {
  return {
    slug: count === 1 ? '' : `${number + 1}`,
    noTransaction: how === 'steps',
    inBatches: pieces.some(({ inBatches }) => inBatches === true),
    contract,
    afterBackfill: [],
    statements: pieces.flatMap(({ statements }) => statements),
    allow: Object.assign({}, ...pieces.map(({ allow }) => allow ?? {})),
    renamed: pieces.flatMap(({ renamed }) => renamed ?? []),
    down: downOf(pieces),
    backFirst: pieces.flatMap(({ backFirst }) => backFirst ?? []),
  };
}

/** NULL: one of them has none of its own. */
function downOf(pieces: readonly Piece[]): DraftDown | null {
  const downs = pieces.flatMap(({ down }) => down ?? []).toReversed();
  if (downs.length < pieces.length) return null;
  return {
    statements: downs.flatMap(({ statements }) => statements),
    noTransaction: downs.some(({ noTransaction }) => noTransaction),
    inBatches: downs.some(({ inBatches }) => inBatches),
  };
}

interface Look {
  readonly touched: ReadonlySet<string>;
  /** It goes into the last file, or behind it. */
  readonly stays: boolean;
}

function look({ statements, touches = [] }: Piece): Look {
  const parsed = statements.map((statement) => parseSql(statement));
  return {
    touched: new Set([...touches, ...parsed.flatMap((one) => (one.ok ? [...touchedObjects(one.statements)] : ['*']))]),
    stays: parsed.some((one) => one.ok && one.statements.some(dropsPart)),
  };
}
