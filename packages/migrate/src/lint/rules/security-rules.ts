import { grammar } from '../../sql/parse.ts';
import { plainName, show } from '../name.ts';
import { rule } from '../rule.ts';

export const securityRules = [
  rule({
    code: 'LINT_ROW_SECURITY_OFF',
    hazards: [46],
    title: 'Row-level security is switched off',
    why: 'From then on every role with a grant sees and changes the rows of all tenants.',
    instead: 'Change the policy instead; or say in an allow who has looked at it.',
    source: 'PostgreSQL manual, "Row Security Policies"',
    on: ['alter-table'],
    find: ({ table, part }) =>
      part === 'AT_DisableRowSecurity' || part === 'AT_NoForceRowSecurity'
        ? {
            message: `policies of ${plainName(table)} bind ${part === 'AT_DisableRowSecurity' ? 'nobody' : 'its owner no longer'}`,
          }
        : undefined,
    bad: ['ALTER TABLE app.tenants DISABLE ROW LEVEL SECURITY', 'ALTER TABLE app.tenants NO FORCE ROW LEVEL SECURITY'],
    good: ['ALTER TABLE app.tenants FORCE ROW LEVEL SECURITY'],
  }),
  rule({
    code: 'LINT_POLICY_DROPPED',
    severity: 'warning',
    hazards: [46],
    title: 'A policy goes and none takes its place',
    why: 'Its rows open, or shut, for everybody whom it was made for.',
    instead: 'Create the new policy in the same migration.',
    source: 'PostgreSQL manual, DROP POLICY',
    on: ['drop'],
    find: ({ kind, names, on }, { all }) => {
      const replaced = all.some(({ action }) => action.does === 'create-policy' && action.table.name === on?.name);
      return kind === 'policy' && on !== null && !replaced
        ? names.map(({ name }) => ({ message: `policy ${name} of ${plainName(on)} holds no longer` }))
        : undefined;
    },
    bad: ['DROP POLICY tenants_own ON app.tenants'],
    good: ['DROP POLICY tenants_own ON app.tenants; CREATE POLICY tenants_mine ON app.tenants USING (id > 1)'],
  }),
  rule({
    code: 'LINT_POLICY_OPEN',
    severity: 'warning',
    hazards: [46],
    title: 'A policy that lets every row through',
    why: 'USING (true) is added to the other policies by OR: with it they keep nobody out.',
    instead: 'Name a role in TO, or compare with a setting of the session.',
    source: 'PostgreSQL manual, CREATE POLICY, permissive policies',
    on: ['create-policy'],
    find: ({ policy, table, everything }) =>
      everything ? { message: `${policy} opens every row of ${plainName(table)}` } : undefined,
    bad: ['CREATE POLICY everybody ON app.tenants USING (true)'],
    good: ["CREATE POLICY own ON app.tenants USING (name = current_setting('app.tenant', true))"],
  }),
  rule({
    code: 'LINT_GRANT_TO_PUBLIC',
    hazards: [46],
    title: 'A grant to PUBLIC',
    why: 'Every role of the server has it, also those that will be made later.',
    instead: 'Name the role.',
    source: 'PostgreSQL manual, GRANT',
    on: ['grant'],
    find: ({ revokes, toPublic, on }) => (toPublic && !revokes ? { message: `every role may use ${on}` } : undefined),
    bad: [
      'GRANT SELECT ON app.users TO PUBLIC',
      'ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO PUBLIC',
    ],
    good: ['REVOKE ALL ON app.users FROM PUBLIC', 'GRANT SELECT ON app.users TO reader'],
  }),
  rule({
    code: 'LINT_GRANT_ALL',
    severity: 'warning',
    hazards: [46],
    title: 'GRANT ALL to a role',
    why: 'It holds more than a program needs: TRUNCATE, REFERENCES and TRIGGER among it.',
    instead: 'Name the privileges; `db roles apply` keeps them for the roles of a domain.',
    source: 'PostgreSQL manual, "Privileges"',
    on: ['grant'],
    find: ({ revokes, all, toPublic, to, on }) =>
      all && !revokes && !toPublic ? { message: `${to.join(', ')} may do anything with ${on}` } : undefined,
    bad: ['GRANT ALL ON app.users TO web'],
    good: ['GRANT SELECT, INSERT ON app.users TO web'],
  }),
  rule({
    code: 'LINT_NO_POLICY',
    hazards: [69],
    title: 'Row-level security without a policy',
    why: 'No role but the owner sees a row: the application finds its table empty.',
    instead: 'Create the policy in the same migration.',
    source: 'PostgreSQL manual, "Row Security Policies", default deny',
    on: ['alter-table'],
    find: ({ table, part }, { final }) => {
      const known = final.table(table);
      if (part !== 'AT_EnableRowSecurity' || known === undefined || known.policies.length > 0) return;
      return {
        message: `nobody but its owner sees a row of ${plainName(table)}`,
        safe: `ALTER TABLE ${show(table)} ENABLE ROW LEVEL SECURITY;\nCREATE POLICY ${known.name.name}_own ON ${show(table)} USING (/* which rows are whose */ false);`,
      };
    },
    bad: ['ALTER TABLE app.users ENABLE ROW LEVEL SECURITY'],
    good: ['ALTER TABLE app.users ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON app.users USING (id > 0)'],
  }),
  rule({
    code: 'LINT_DEFINER_SEARCH_PATH',
    hazards: [69],
    title: 'SECURITY DEFINER without a fixed search_path',
    why: 'The caller chooses the search_path, and so which table or function the body finds, with the rights of the owner.',
    instead: "SET search_path = '' and qualified names in the body.",
    source: 'PostgreSQL manual, CREATE FUNCTION, "Writing SECURITY DEFINER Functions Safely"',
    on: ['create-function'],
    find: (action, { statement, all }) => {
      if (!action.securityDefiner || action.fixesSearchPath || action.body === '') return;
      const later = all.some(
        ({ statement: other }) => other.kind === 'AlterFunctionStmt' && other.text.includes('search_path'),
      );
      if (later) return;
      return {
        message: `the caller of ${plainName(action.function)} decides what its names mean`,
        safe: `${statement.text.replace(/security\s+definer/i, "SECURITY DEFINER SET search_path = ''")};`,
      };
    },
    bad: [
      'CREATE FUNCTION app.f() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$ SELECT count(*) FROM app.users $$',
    ],
    good: [
      "CREATE FUNCTION app.f() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$ SELECT count(*) FROM app.users $$",
    ],
  }),
  rule({
    code: 'LINT_DYNAMIC_SQL',
    severity: 'warning',
    hazards: [52],
    title: 'EXECUTE of a text that is put together',
    why: 'A value with a quote in it becomes part of the statement.',
    instead: 'format() with %I for names and %L for values, or EXECUTE … USING.',
    source: 'PostgreSQL manual, "Executing Dynamic Commands"',
    on: ['create-function', 'do'],
    find: ({ body }) =>
      joinsInExecute(body) ? { message: 'a variable is joined into the text that EXECUTE runs' } : undefined,
    bad: [
      "CREATE FUNCTION app.f(t text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'TRUNCATE ' || t; END $$",
      "CREATE FUNCTION app.f(t text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('TRUNCATE %s', t); END $$",
    ],
    good: [
      "CREATE FUNCTION app.f(t text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('TRUNCATE %I', t); END $$",
      "CREATE FUNCTION app.f(t text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'TRUNCATE ' || quote_ident(t); END $$",
      "CREATE FUNCTION app.f(t text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('TRUNCATE %I', 'x_' || t); END $$",
    ],
  }),
  rule({
    code: 'LINT_EXTENSION_UPDATED',
    severity: 'warning',
    hazards: [45],
    title: 'An extension is updated',
    why: 'Its functions and types may behave otherwise, and there is no way back.',
    instead: 'Read its release notes, rehearse it on a copy; then allow it.',
    source: 'PostgreSQL manual, ALTER EXTENSION, UPDATE',
    on: ['update-extension'],
    find: ({ extension, version }) => ({
      message: `${extension} goes to ${version ?? 'whatever version the server has'}`,
    }),
    bad: ["ALTER EXTENSION pg_trgm UPDATE TO '1.6'"],
    good: ['CREATE EXTENSION IF NOT EXISTS pg_trgm'],
  }),
  rule({
    code: 'LINT_VIEW_PASSES_ROW_SECURITY',
    severity: 'warning',
    hazards: [46],
    title: 'A view over a row-secured table that runs as its owner',
    why: 'A view reads with the rights of its owner: the policies of the table bind nobody who comes through it.',
    instead: 'WITH (security_invoker = true), from PostgreSQL 15 on.',
    source: 'PostgreSQL manual, CREATE VIEW, security_invoker',
    on: ['create-view'],
    find: ({ view, securityInvoker }, { catalog, statement }) => {
      if (securityInvoker) return;
      const secured = catalog
        .tables()
        .find(({ rowSecurity, name }) => rowSecurity && new RegExp(`\\b${name.name}\\b`).test(statement.text));
      return secured === undefined
        ? undefined
        : { message: `${plainName(view)} shows rows of ${plainName(secured.name)} past its policies` };
    },
    bad: ['CREATE VIEW app.all_tenants AS SELECT name FROM app.tenants'],
    good: ['CREATE VIEW app.my_tenants WITH (security_invoker = true) AS SELECT name FROM app.tenants'],
  }),
];

/** True where some EXECUTE of a body joins a text with something that is neither text nor quoted by a function, or uses %s. */
function joinsInExecute(body: string): boolean {
  const words = wordsIn(body);
  return words.some((word, at) => {
    if (word.toLowerCase() !== 'execute') return false;
    const end = words.indexOf(';', at);
    const command = words.slice(at + 1, end === -1 ? undefined : end);
    if (/^(function|procedure)$/i.test(command[0] ?? '')) return false;
    // What is joined there is an argument of format(), which quotes it.
    if (/^format$/i.test(command[0] ?? '')) return command[2]?.includes('%s') === true || command[3] === '||';
    return command.some(
      (part, index) =>
        (part === '||' && isBare(command[index + 1])) || isFormatOfText(part, command[index - 1], command[index - 2]),
    );
  });
}

const isBare = (word: string | undefined) =>
  word !== undefined &&
  /^[a-z_]/i.test(word) &&
  !/^(quote_ident|quote_literal|quote_nullable|format|case|coalesce)$/i.test(word);

const isFormatOfText = (word: string, before: string | undefined, first: string | undefined) =>
  before === '(' && /^format$/i.test(first ?? '') && word.includes('%s');

function wordsIn(body: string): readonly string[] {
  const bytes = Buffer.from(body, 'utf8');
  try {
    return grammar()
      .scanSync(body)
      .tokens.filter(({ tokenName }) => tokenName !== 'SQL_COMMENT' && tokenName !== 'C_COMMENT')
      .map(({ start, end }) => bytes.subarray(start, end).toString('utf8'));
  } catch {
    return [];
  }
}
