import type { Statement } from '../../sql/parse.ts';
import type { Context } from '../context.ts';
import type { Piece } from '../piece.ts';
import type { AlterAction } from '../split-alter.ts';

/** The pieces that do the statement's work and stand in nobody's way. NULL: it stays as it is. Notes go to the context. */
export type StatementForm = (statement: Statement, context: Context) => readonly Piece[] | null;

/** The same for one action of an ALTER TABLE. */
export type AlterForm = (action: AlterAction, context: Context, statement: Statement) => readonly Piece[] | null;
