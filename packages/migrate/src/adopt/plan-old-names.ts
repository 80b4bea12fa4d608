import { act, type Case, type Draft, type Pair, type RoleModel } from './draft.ts';
import type { GrantModel, RelationModel } from './model.ts';
import { at, list, q } from './names.ts';
import { partitionsOf } from './plan-move.ts';

/** What lets the old application go on: views under the old names for sessions that are open and for qualified names, the search path of
 *  its roles for new ones. */
export function planOldNames(given: Case, draft: Draft, pairs: readonly Pair[]): void {
  const moved = pairs.filter(({ from }) => from !== given.target.schema);
  if (moved.length === 0) return;
  const users = usersOf(moved);
  const roles = given.surroundings.roles.filter(({ name, memberOf }) =>
    [name, ...memberOf].some((one) => users.has(one)),
  );
  for (const role of roles) if (users.has(role.name)) planUsage(given, draft, role);
  if (given.keepInPlace) {
    for (const pair of moved) keepInPlace(given, draft, pair);
    return;
  }
  for (const pair of moved) planOldView(given, draft, pair.live, pair.from, pair.target.name);
  for (const pair of moved) {
    for (const part of partitionsOf(given, pair)) planOldView(given, draft, part, pair.from, part.name);
  }
  planOldTypes(given, draft);
  const strangers = strangersOf(given, pairs);
  for (const role of roles) planPath(given, draft, role, strangers.length > 0);
  if (strangers.length === 0) return;
  draft.notes.push(
    `new sessions go on to find ${given.live.schema} first, for ${strangers.join(', ')} there is not the domain's: by its plain name a table that has moved is a view to them, too`,
  );
}

/** Names of declared tables under which the old application knows something else, that stays. */
function strangersOf({ target, live }: Case, pairs: readonly Pair[]): readonly string[] {
  const adopted = new Set(pairs.map((pair) => pair.live.oid));
  const tables = target.relations.filter(({ kind }) => kind === 'r' || kind === 'p').map(({ name }) => name);
  return live.relations.filter((one) => !adopted.has(one.oid) && tables.includes(one.name)).map(({ name }) => name);
}

function planOldView(given: Case, draft: Draft, live: RelationModel, from: string, name: string): void {
  const view = at(from, live.name);
  const object = `view ${from}.${live.name}`;
  const columns = list(live.columns.map((column) => column.name));
  const create = `CREATE VIEW ${view}${invoker(given, draft, live, name)} AS SELECT ${columns} FROM ${at(given.target.schema, name)}`;
  act(draft, 'old names', object, [create, ...rightsOf(given, live, view)].join(';\n'), `DROP VIEW IF EXISTS ${view}`);
  draft.retained.push({ object, why: 'the old name, for the old application, until --finish' });
}

/** Rights are those of whoever asks: row security and privileges hold as they do on the table. But who may read some columns only could
 *  then read none, for the server asks for all that a view shows: where no row security depends on it, the view has its owner's rights,
 *  and the table's privileges. */
function invoker(given: Case, draft: Draft, live: RelationModel, name: string): string {
  const byColumn = live.columns.flatMap(({ grants }) => grants.map(({ role }) => role));
  const declared = given.target.relations.find((one) => one.name === name);
  const secured = live.rowSecurity || declared?.rowSecurity === true;
  if (byColumn.length === 0) return ' WITH (security_invoker = true)';
  if (!secured) return '';
  draft.notes.push(
    `${[...new Set(byColumn)].map((role) => role || 'PUBLIC').join(', ')} may use single columns of ${live.name}, and under its old name none: it has row security`,
  );
  return ' WITH (security_invoker = true)';
}

/** Owner and privileges of a table, and those on its columns that the view has by the same name. */
function rightsOf(
  { surroundings }: Case,
  live: RelationModel,
  view: string,
  columns: readonly string[] = live.columns.map(({ name }) => name),
): readonly string[] {
  const grant = ({ role, privilege, grantable }: GrantModel, column = '') =>
    `GRANT ${privilege}${column} ON ${view} TO ${role === '' ? 'PUBLIC' : q(role)}${grantable ? ' WITH GRANT OPTION' : ''}`;
  const shown = live.columns.filter(({ name }) => columns.includes(name));
  return [
    ...(live.owner === surroundings.user ? [] : [`ALTER VIEW ${view} OWNER TO ${q(live.owner)}`]),
    ...live.grants.map((one) => grant(one)),
    // A view has no REFERENCES.
    ...shown.flatMap(({ name, grants }) =>
      grants.filter(({ privilege }) => privilege !== 'REFERENCES').map((one) => grant(one, ` (${q(name)})`)),
    ),
  ];
}

/** The tables go back at the end of the same transaction, and the declared names are views. */
function keepInPlace(given: Case, draft: Draft, pair: Pair): void {
  const { live, target, from } = pair;
  const { schema } = given.target;
  const object = `view ${schema}.${target.name}`;
  const move = (name: string, a: string, b: string) => `ALTER TABLE ${at(a, name)} SET SCHEMA ${q(b)}`;
  for (const { name } of [target, ...partitionsOf(given, pair)])
    act(draft, 'old names', `table ${name}`, move(name, schema, from), move(name, from, schema));
  if (live.name !== target.name) {
    const rename = (a: string, b: string) => `ALTER TABLE ${at(from, a)} RENAME TO ${q(b)}`;
    act(draft, 'old names', `table ${target.name}`, rename(target.name, live.name), rename(live.name, target.name));
  }
  const view = at(schema, target.name);
  const columns = target.columns.map((column) => column.name);
  const create = `CREATE VIEW ${view}${invoker(given, draft, live, target.name)} AS SELECT ${list(columns)} FROM ${at(from, live.name)}`;
  act(
    draft,
    'old names',
    object,
    [create, ...rightsOf(given, live, view, columns)].join(';\n'),
    `DROP VIEW IF EXISTS ${view}`,
  );
  draft.retained.push({ object, why: `the table stays in ${from}` });
}

/** A cast to a type by its old name goes on: the old name is a domain over it. */
function planOldTypes(given: Case, draft: Draft): void {
  for (const { name, kind } of given.target.types) {
    const is = (one: { readonly name: string; readonly kind: string }) => one.name === name && one.kind === kind;
    if (!given.live.types.some(is) || given.own.types.some(is)) continue;
    const old = at(given.live.schema, name);
    const object = `type ${given.live.schema}.${name}`;
    act(
      draft,
      'old names',
      object,
      `CREATE DOMAIN ${old} AS ${at(given.target.schema, name)}`,
      `DROP DOMAIN IF EXISTS ${old}`,
    );
    draft.retained.push({ object, why: 'the old name, for the old application, until --finish' });
  }
}

/** Roles that own or may use one of the tables. Who is in one of them may, too. */
function usersOf(pairs: readonly Pair[]): ReadonlySet<string> {
  return new Set(
    pairs.flatMap(({ live }) => [
      live.owner,
      ...[live, ...live.columns].flatMap(({ grants }) => grants.map(({ role }) => role)),
    ]),
  );
}

function planUsage(given: Case, draft: Draft, { name }: RoleModel): void {
  const { schema } = given.target;
  if (name === given.surroundings.user) return;
  act(
    draft,
    'old names',
    `schema ${schema}`,
    `GRANT USAGE ON SCHEMA ${q(schema)} TO ${q(name)}`,
    ...(given.own.exists ? [] : [`REVOKE USAGE ON SCHEMA ${q(schema)} FROM ${q(name)}`]),
  );
}

/** New sessions of a role find the moved names first. */
function planPath(given: Case, draft: Draft, role: RoleModel, isBehind: boolean): void {
  if (!role.canLogin) return;
  const path = withSchema(role.path, given.target.schema, given.live.schema, isBehind);
  if (path === role.path) return;
  const alter = `ALTER ROLE ${q(role.name)} IN DATABASE ${q(given.surroundings.database)}`;
  const sql = `${alter} SET search_path = ${path}`;
  if (!role.alterable) {
    draft.notes.push(`we may not set the search_path of role ${role.name}; somebody who may should run: ${sql}`);
    return;
  }
  const back = role.ownPath === null ? `${alter} RESET search_path` : `${alter} SET search_path = ${role.ownPath}`;
  act(draft, 'old names', `search_path of role ${role.name}`, sql, back);
}

/** A search path with a schema in front of another one, or behind it; as it is, where it is in there already. Pure. */
export function withSchema(path: string, schema: string, other: string, isBehind = false): string {
  const names = path.split(',').map((name) => name.trim());
  const plain = names.map((name) => name.replaceAll('"', ''));
  if (plain.includes(schema)) return path;
  const place = Math.max(plain.indexOf(other), 0);
  return names.toSpliced(isBehind ? place + 1 : place, 0, q(schema)).join(', ');
}
