import { Catalog } from './known/catalog.ts';
import { fold } from './known/fold.ts';
import { keyOf, type Name } from './name.ts';
import type { Action } from './read/action.ts';
import { actionsOf } from './read/actions-of.ts';
import type { LintFile, LintRule, Placed, RuleContext, Severity } from './rule.ts';
import { RULES, UNUSED_ALLOW } from './rules.ts';
import { transactionsOf } from './transactions.ts';

/** What a rule found. */
export interface LintFinding {
  /** Of a rule, in docs/lint.md. */
  readonly code: string;
  readonly severity: Severity;
  readonly path: string;
  /** 1-based, of the statement. */
  readonly line: number;
  /** The statement on one line, cut. */
  readonly statement: string;
  readonly message: string;
  readonly why: string;
  /** What to do, in general. */
  readonly instead: string;
  /** SQL for this very statement. NULL: there is none. */
  readonly safe: string | null;
}

/** A finding that its file allows. */
export interface AllowedFinding extends LintFinding {
  readonly reason: string;
}

export interface LintResult {
  /** In the order of files and statements. */
  readonly findings: readonly LintFinding[];
  readonly allowed: readonly AllowedFinding[];
}

/** Looks for hazards in some files of a history, with the catalog that the files before them gave. `files` are the whole history in
 *  order; only those that `wanted` takes are reported on. Pure; the grammar must be loaded. */
export function lintFiles(files: readonly LintFile[], wanted: (file: LintFile) => boolean = () => true): LintResult {
  const read = files.map((file) => ({ file, placed: placedOf(file) }));
  const final = new Catalog();
  for (const { file, placed } of read) for (const { action } of placed) fold(final, action, file.path);
  const catalog = new Catalog();
  const results = read.map(({ file, placed }) => {
    const found = lintFile(file, placed, { catalog, final, isWanted: wanted(file) });
    return wanted(file) ? judged(file, found) : { findings: [], allowed: [] };
  });
  return { findings: results.flatMap(({ findings }) => findings), allowed: results.flatMap(({ allowed }) => allowed) };
}

/** Every hit of every rule, whether it is allowed or not: for the tests of single rules. */
export function hitsIn(files: readonly LintFile[], last: LintFile, rule: LintRule): readonly LintFinding[] {
  const { findings, allowed } = lintFiles([...files, last], (file) => file === last);
  return [...findings, ...allowed].filter(({ code }) => code === rule.code);
}

interface Catalogs {
  readonly catalog: Catalog;
  readonly final: Catalog;
  readonly isWanted: boolean;
}

function placedOf(file: LintFile): readonly Placed[] {
  return file.statements.flatMap((statement) => actionsOf(statement).map((action) => ({ action, statement })));
}

/** Goes through a file, and leaves the catalog as it is behind it. */
function lintFile(file: LintFile, placed: readonly Placed[], { catalog, final, isWanted }: Catalogs): LintFinding[] {
  const transactions = isWanted ? transactionsOf(file, placed) : [];
  const made = isWanted ? madeBy(placed) : new Map<string, number>();
  const findings: LintFinding[] = [];
  placed.forEach((here, at) => {
    if (isWanted) {
      const started = transactions[at] ?? at;
      const context: RuleContext = {
        file,
        statement: here.statement,
        catalog,
        final,
        all: placed,
        before: placed.slice(started, at),
        inTransaction: transactions[at] !== null,
        isOld: (name) => isOld(catalog, name, file, made, at),
      };
      for (const rule of RULES) findings.push(...findingsOf(rule, here, context));
    }
    fold(catalog, here.action, file.path);
  });
  return findings;
}

/** A relation that was there before the file. One that is not known is taken for old, unless this file has made it by then. */
function isOld(catalog: Catalog, name: Name, file: LintFile, made: ReadonlyMap<string, number>, at: number): boolean {
  if (name.name === '') return false;
  const known = catalog.table(name);
  if (known !== undefined) return known.kind !== 'view' && !(file.change ?? [file.path]).includes(known.file);
  return (made.get(keyOf(name)) ?? Number.POSITIVE_INFINITY) > at;
}

/** What a file makes, by its key, and by which of its actions first. */
function madeBy(placed: readonly Placed[]): ReadonlyMap<string, number> {
  const made = new Map<string, number>();
  for (const [at, { action }] of placed.entries()) {
    const name = madeName(action);
    if (name !== null && !made.has(keyOf(name))) made.set(keyOf(name), at);
  }
  return made;
}

function madeName(action: Action): Name | null {
  switch (action.does) {
    case 'create-enum':
      return action.type;
    case 'create-view':
      return action.view;
    case 'create-table':
    case 'create-table-as':
      return action.table;
    default:
      return null;
  }
}

function findingsOf(rule: LintRule, { action, statement }: Placed, context: RuleContext): readonly LintFinding[] {
  const { file } = context;
  if (rule.runner !== undefined && rule.runner !== file.runner) return [];
  const { code, severity, why, instead } = rule;
  return rule.check(action, context).map(({ message, safe = null }) => ({
    code,
    severity,
    path: file.path,
    line: statement.line,
    statement: onOneLine(statement.text),
    message,
    why,
    instead,
    safe,
  }));
}

const SHOWN = 160;

function onOneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > SHOWN ? `${line.slice(0, SHOWN - 1)}…` : line;
}

/** Takes out what the file allows, and adds each allow that nothing needed. */
function judged(file: LintFile, found: readonly LintFinding[]): LintResult {
  const seen = new Set<string>();
  const unique = found.filter(({ code, line, message }) => {
    const known = seen.size;
    return seen.add(`${code} ${line} ${message}`).size > known;
  });
  const allowed = unique.flatMap((finding) => {
    const reason = file.allow[finding.code];
    return reason === undefined ? [] : [{ ...finding, reason }];
  });
  const unused = Object.keys(file.allow).filter((code) => !unique.some((finding) => finding.code === code));
  const findings = unique.filter(({ code }) => file.allow[code] === undefined);
  return { findings: [...findings, ...unused.map((code) => unusedAllow(file, code))], allowed };
}

function unusedAllow({ path }: LintFile, allowed: string): LintFinding {
  const exists = RULES.some(({ code }) => code === allowed);
  return {
    code: UNUSED_ALLOW,
    severity: 'error',
    path,
    line: 1,
    statement: `-- db: allow ${allowed}`,
    message: exists ? `nothing in this file is ${allowed}` : `there is no rule ${allowed}`,
    why: 'It would hide the next finding of that kind, with a reason that was given for another one.',
    instead: 'Take the line out, or correct the code.',
    safe: null,
  };
}
