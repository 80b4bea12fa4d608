import { expect, test } from 'vitest';
import { grantFor } from './grant-for.ts';

const denied = (message: string, query: string, detail?: string) =>
  Object.assign(new Error(message), { query, detail });

test.each([
  ['permission denied for schema bot', 'SELECT 1 FROM bot.config', 'USAGE ON SCHEMA bot'],
  ['permission denied for schema bot', 'BEGIN; CREATE TABLE bot.x ()', 'USAGE, CREATE ON SCHEMA bot'],
  ['permission denied for database app', 'CREATE SCHEMA bot', 'CREATE ON DATABASE app'],
  ['permission denied for table config', 'SELECT * FROM bot.config', 'SELECT ON TABLE bot.config'],
  ['permission denied for table config', 'insert into "bot"."config" values (1)', 'INSERT ON TABLE bot.config'],
  [
    'permission denied for table config',
    'INSERT INTO bot.config SELECT 1 ON CONFLICT (id) DO UPDATE SET v = 1',
    'SELECT, INSERT, UPDATE ON TABLE bot.config',
  ],
  [
    'permission denied for table config',
    'DELETE FROM bot.configs; DELETE FROM b.config',
    'SELECT, DELETE ON TABLE b.config',
  ],
  ['permission denied for view paid', 'SELECT 1 FROM bot.paid', 'SELECT ON TABLE bot.paid'],
  ['permission denied for table My "Table', 'SELECT FROM "Bot"."My ""Table"', 'SELECT ON TABLE "My ""Table"'],
  ['permission denied for table Config', 'SELECT FROM "Bot"."Config"', 'SELECT ON TABLE "Bot"."Config"'],
  [
    'permission denied for sequence logs_id_seq',
    'INSERT INTO bot.logs (x) VALUES (1)',
    'USAGE ON SEQUENCE bot.logs_id_seq',
  ],
  ['permission denied for function f', 'SELECT bot.f(1)', 'EXECUTE ON FUNCTION bot.f'],
  ['permission denied for table config', '', 'SELECT ON TABLE config'],
])('%s by %s', (message, query, grant) => {
  expect(grantFor(denied(message, query), 'app')).toBe(`as the owner: GRANT ${grant} TO "app"`);
});

test('a role that may not connect, an owner that is wanted, a message of another kind, a role that nobody knows', () => {
  const detail = 'User does not have CONNECT privilege.';
  expect(grantFor(denied('permission denied for database app', '', detail), 'app')).toContain(
    'CONNECT ON DATABASE app',
  );
  expect(grantFor(new Error('must be owner of table config'), 'app')).toBe(
    'run as the owner of config, or GRANT its owner\'s role TO "app"',
  );
  expect(grantFor(new Error('permission denied to create role'), '')).toBe(
    'give <role> the privilege that the message names',
  );
});
