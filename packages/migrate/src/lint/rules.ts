import type { LintRule } from './rule.ts';
import { choiceRules } from './rules/choice-rules.ts';
import { columnRules } from './rules/column-rules.ts';
import { compatibilityRules } from './rules/compatibility-rules.ts';
import { constraintRules } from './rules/constraint-rules.ts';
import { indexRules } from './rules/index-rules.ts';
import { keyRules } from './rules/key-rules.ts';
import { lockRules } from './rules/lock-rules.ts';
import { nameRules } from './rules/name-rules.ts';
import { partitionRules } from './rules/partition-rules.ts';
import { rewriteRules } from './rules/rewrite-rules.ts';
import { rowRules } from './rules/row-rules.ts';
import { securityRules } from './rules/security-rules.ts';
import { settingRules } from './rules/setting-rules.ts';
import { typeRules } from './rules/type-rules.ts';

/** A family of rules, a chapter of docs/lint.md. */
export interface RuleFamily {
  readonly title: string;
  readonly rules: readonly LintRule[];
}

export const RULE_FAMILIES: readonly RuleFamily[] = [
  { title: 'Indexes', rules: indexRules },
  { title: 'Constraints', rules: [...constraintRules, ...keyRules] },
  { title: 'Columns', rules: columnRules },
  { title: 'Types', rules: typeRules },
  { title: 'What deployed programs use', rules: compatibilityRules },
  { title: 'Locks and transactions', rules: lockRules },
  { title: 'Rewrites', rules: rewriteRules },
  { title: 'Partitions', rules: partitionRules },
  { title: 'Triggers and settings of tables', rules: settingRules },
  { title: 'Rows', rules: rowRules },
  { title: 'Security', rules: securityRules },
  { title: 'Choices that are hard to take back', rules: choiceRules },
  { title: 'Names', rules: nameRules },
];

/** Every rule that looks at statements. */
export const RULES: readonly LintRule[] = RULE_FAMILIES.flatMap(({ rules }) => rules);

/** An allow that nothing needs, or of a code that no rule has. It would hide the next finding of that kind. */
export const UNUSED_ALLOW = 'LINT_UNUSED_ALLOW';
