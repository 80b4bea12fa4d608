/** A schema change, as somebody writes it. */
export interface Change {
  /** Also the name of its folder. */
  readonly name: string;
  readonly statement: string;
}

const table = 'ALTER TABLE bench.accounts';

/** One of each kind that reads or writes every row. */
export const CHANGES: readonly Change[] = [
  { name: 'index', statement: 'CREATE INDEX idx_accounts_owner ON bench.accounts (owner, balance)' },
  { name: 'unique', statement: `${table} ADD CONSTRAINT accounts_number_key UNIQUE (number)` },
  { name: 'not null', statement: `${table} ALTER COLUMN number SET NOT NULL` },
  {
    name: 'foreign key',
    statement: `${table} ADD CONSTRAINT fk_owner FOREIGN KEY (owner) REFERENCES bench.owners (id)`,
  },
  { name: 'check', statement: `${table} ADD CONSTRAINT accounts_balance_check CHECK (balance >= 0)` },
  { name: 'random default', statement: `${table} ADD COLUMN token uuid DEFAULT gen_random_uuid() NOT NULL` },
  { name: 'wider type', statement: `${table} ALTER COLUMN number SET DATA TYPE bigint` },
  { name: 'update', statement: 'UPDATE bench.accounts SET cents = balance * 100 WHERE cents IS NULL' },
];
