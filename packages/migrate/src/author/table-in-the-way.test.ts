import { expect, test } from 'vitest';
import { StatementRefused } from './statement-refused.ts';
import { tableInTheWay, wholeName } from './table-in-the-way.ts';

const refused = (statement: string, cause: object) =>
  new Error('refused', {
    cause: new StatementRefused(statement, Object.assign(new Error(), { code: '23505' }, cause)),
  });

test.each([
  ['orders', 'shop.orders'],
  ['select', 'shop."select"'],
  ['a$b', 'shop."a$b"'],
  ['Order "lines".v2', 'shop."Order ""lines"".v2"'],
])('the table %s is found as the server prints it', async (table, printed) => {
  const told = await tableInTheWay(refused('', { schema_name: 'shop', table_name: table }));
  expect(told).toBe(wholeName(printed));
  expect(await tableInTheWay(refused(`ALTER TABLE ${printed} ALTER a TYPE integer`, {}))).toBe(told);
});
