import type { Session } from '../connect/session.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';

/** Watches an apply from inside: only a rehearsal passes one. It changes nothing of what runs and in which order, but that a migration
 *  is not sent before its predecessor has ended. */
export interface ApplyObserver {
  /** Around a migration, with the backfills that it waits for. */
  migration<T>(session: Session, migration: ParsedMigration, body: () => Promise<T>): Promise<T>;
  /** Around a backfill. */
  backfill<T>(session: Session, name: string, body: () => Promise<T>): Promise<T>;
  /** SQL that is sent within the transaction before a statement, by its 0-based number in the file, and after the last one, whose
   *  number is the one behind it. It only reads. */
  around(number: number): string;
  /** A row of what was sent so; rows of other statements come, too. */
  row(row: Readonly<Record<string, unknown>>): void;
  /** The transaction whose rows came last has been committed. */
  committed(): void;
  /** Around a statement that no transaction can hold. */
  alone<T>(session: Session, number: number, body: () => Promise<T>): Promise<T>;
}
