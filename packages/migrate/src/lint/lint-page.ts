import { BESIDE, HAZARDS, type Hazard } from './hazards.ts';
import type { Case, LintRule } from './rule.ts';
import { RULE_FAMILIES, RULES, UNUSED_ALLOW } from './rules.ts';

/** docs/lint.md: how lint is used, each rule with its reason and cases, and what became of each hazard of the field. */
export function lintPage(): string {
  return [
    '# Hazards in migrations',
    INTRODUCTION,
    '## The rules',
    ruleTable(),
    ...RULE_FAMILIES.flatMap(({ title, rules }) => [`## ${title}`, ...rules.map(section)]),
    '## Allows',
    UNUSED,
    '## The hazards of the field',
    hazardText(),
    hazardTable(),
    '',
  ].join('\n\n');
}

const INTRODUCTION = `\`pnpm db lint\` reads migrations by PostgreSQL's own grammar, folds the statements before into a catalog, and says of each statement
what it would do to a table with rows and users. Nothing is run and no database is asked: a table that the file itself makes is new and
empty, every other one is taken for large and busy.

| call | looks at |
| --- | --- |
| \`pnpm db lint\` | migrations that are not on the base branch yet |
| \`pnpm db lint --all\` | every migration of every domain |
| \`pnpm db lint <files or folders>\` | those; what lies outside of the histories is taken for another project's |
| \`pnpm db lint --format github\` | the same as annotations; also \`json\` and \`sarif\` |

An error exits 2. A warning does so only with \`--strict\`. A file accepts a finding by a line of its own, with the reason:

\`\`\`sql
-- db: allow LINT_RENAME: the only reader is deployed with this release
\`\`\`

That holds for the file. An allow that nothing needs is an error itself. There is no other way to switch a rule off.`;

const UNUSED = `### ${UNUSED_ALLOW}

**error** · An allow that nothing in its file needs, or of a code that no rule has. It would hide the next finding of that kind, with a
reason that was given for another one. Take the line out, or correct the code.`;

function ruleTable(): string {
  const rows = RULES.map(({ code, severity, title, runner }) => {
    const where = runner === undefined ? '' : runner === 'plain' ? ' (other projects)' : ' (this engine)';
    return `| [\`${code}\`](#${code.toLowerCase()}) | ${severity} | ${title}${where} |`;
  });
  const unused = `| [\`${UNUSED_ALLOW}\`](#${UNUSED_ALLOW.toLowerCase()}) | error | An allow that nothing needs |`;
  return ['| code | severity | finds |', '| --- | --- | --- |', ...rows, unused].join('\n');
}

function section({ code, severity, title, why, instead, source, bad, good }: LintRule): string {
  const [worst, best] = [bad[0], good[0]];
  return [
    `### ${code}`,
    `**${severity}** · ${title}. ${why}`,
    `**Do:** ${instead}`,
    fence([`-- bad${header(worst)}`, sqlOf(worst), '', `-- good${header(best)}`, sqlOf(best)]),
    `Source: ${source}.`,
  ].join('\n\n');
}

const fence = (lines: readonly string[]) => `\`\`\`sql\n${lines.join('\n')}\n\`\`\``;

function sqlOf(one: string | Case | undefined): string {
  const { sql, given } = typeof one === 'object' ? one : { sql: one ?? '', given: undefined };
  const before = given === undefined ? [] : [`-- before: ${given};`];
  return [...before, `${sql.replaceAll('; ', ';\n')};`].join('\n');
}

function header(one: string | Case | undefined): string {
  if (typeof one !== 'object') return '';
  const words = [
    one.noTransaction === true ? '-- db: no-transaction' : '',
    one.contract === true ? '-- db: contract' : '',
  ].filter((word) => word !== '');
  return words.length === 0 ? '' : `, under \`${words.join('`, `')}\``;
}

function hazardText(): string {
  const done = HAZARDS.filter(({ instead }) => instead === undefined).length;
  return `squawk, strong_migrations, Atlas, pg-schema-diff, eugene, MigrationPilot and pgfence look for ${HAZARDS.length} hazards between them. ${done} have a rule here:`;
}

function hazardTable(): string {
  const rows = HAZARDS.map((hazard) => `| ${hazard.number} | ${hazard.hazard} | ${outcome(hazard)} |`);
  return ['| | hazard | here |', '| --- | --- | --- |', ...rows].join('\n');
}

function outcome({ number, instead }: Hazard): string {
  if (instead !== undefined) return instead;
  const codes = RULES.filter(({ hazards }) => hazards.includes(number)).map(({ code }) => `\`${code}\``);
  const beside = BESIDE[number];
  return [codes.join(', '), ...(beside === undefined ? [] : [beside])].filter((part) => part !== '').join('; ');
}
