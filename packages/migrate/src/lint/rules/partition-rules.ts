import { plainName, show } from '../name.ts';
import { rule } from '../rule.ts';
import { alone, safeForm } from '../safe.ts';

export const partitionRules = [
  rule({
    code: 'LINT_DETACH_BLOCKS',
    hazards: [43],
    title: 'A partition is detached without CONCURRENTLY',
    why: 'It takes an ACCESS EXCLUSIVE lock on the whole partitioned table.',
    instead: 'DETACH PARTITION … CONCURRENTLY, outside a transaction (not where there is a default partition).',
    source: 'PostgreSQL manual, ALTER TABLE, DETACH PARTITION',
    on: ['detach'],
    find: ({ table, partition, concurrently }, context) => {
      if (concurrently || !context.isOld(table)) return;
      const hasDefault = context.catalog.partitionsOf(table).some(({ isDefault }) => isDefault);
      const detach = `ALTER TABLE ${show(table)} DETACH PARTITION ${show(partition)} CONCURRENTLY`;
      const safe = hasDefault ? undefined : safeForm(context, alone(detach));
      return { message: `nobody can use ${plainName(table)} while it waits for its lock`, safe };
    },
    bad: ['ALTER TABLE app.events DETACH PARTITION app.events_2026'],
    good: [{ sql: 'ALTER TABLE app.events DETACH PARTITION app.events_2026 CONCURRENTLY', noTransaction: true }],
  }),
  rule({
    code: 'LINT_ATTACH_SCANS',
    hazards: [65],
    title: 'A partition is attached without a check that proves its bounds',
    why: 'Every row of it is tested under an ACCESS EXCLUSIVE lock on it.',
    instead: 'Give it a CHECK with the bounds first, NOT VALID and then validated; ATTACH trusts that.',
    source: 'PostgreSQL manual, "Table Partitioning", "Partition Maintenance"',
    on: ['attach'],
    find: ({ table, partition, isDefault }, { isOld, catalog }) => {
      const checks = catalog
        .table(partition)
        ?.constraints.filter(({ kind, validated }) => kind === 'check' && validated);
      if (!isOld(partition) || isDefault || (checks !== undefined && checks.length > 0)) return;
      return { message: `every row of ${plainName(partition)} is read before it joins ${plainName(table)}` };
    },
    bad: ["ALTER TABLE app.events ATTACH PARTITION app.events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')"],
    good: [
      {
        given: "ALTER TABLE app.events_2027 ADD CONSTRAINT bounds CHECK (at >= '2027-01-01' AND at < '2028-01-01')",
        sql: "ALTER TABLE app.events ATTACH PARTITION app.events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')",
      },
    ],
  }),
  rule({
    code: 'LINT_DEFAULT_PARTITION_SCANS',
    hazards: [65],
    title: 'A partition is added beside a default partition',
    why: 'The default partition is searched for rows that belong into the new one, under an ACCESS EXCLUSIVE lock on it.',
    instead: 'Give the default partition a validated CHECK that excludes the new bounds first, or have none.',
    source: 'PostgreSQL manual, ALTER TABLE, ATTACH PARTITION',
    on: ['attach', 'create-table'],
    find: (action, { catalog, isOld }) => {
      const parent = action.does === 'attach' ? action.table : action.partitionOf;
      if (parent === null || action.isDefault || !isOld(parent)) return;
      const rest = catalog.partitionsOf(parent).find(({ isDefault }) => isDefault);
      if (rest === undefined || rest.constraints.some(({ kind, validated }) => kind === 'check' && validated)) return;
      return { message: `${plainName(rest.name)} is searched for rows of the new partition while it is locked` };
    },
    bad: ["CREATE TABLE app.logs_2026 PARTITION OF app.logs FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')"],
    good: ["CREATE TABLE app.events_2025 PARTITION OF app.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')"],
  }),
];
