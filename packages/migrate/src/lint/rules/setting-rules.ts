import { plainName, show } from '../name.ts';
import { rule } from '../rule.ts';

export const settingRules = [
  rule({
    code: 'LINT_TRIGGER_ADDED',
    severity: 'warning',
    hazards: [40],
    title: 'A trigger on a table that is in use',
    why: 'From then on every write pays for it, and fails where it fails; adding it stops writers for a moment.',
    instead: 'Measure a write with it; deploy the code that expects it first.',
    source: 'PostgreSQL manual, CREATE TRIGGER',
    on: ['create-trigger'],
    find: ({ trigger, table }, { isOld, all }) => {
      const keeps = all.some(
        ({ action }) =>
          action.does === 'drop' && action.kind === 'trigger' && action.names.some(({ name }) => name === trigger),
      );
      return isOld(table) && !keeps
        ? { message: `${trigger} runs at every such write to ${plainName(table)}` }
        : undefined;
    },
    bad: ['CREATE TRIGGER touch BEFORE UPDATE ON app.orders FOR EACH ROW EXECUTE FUNCTION app.touch()'],
    good: [
      'CREATE TABLE app.x (a int); CREATE TRIGGER touch BEFORE UPDATE ON app.x FOR EACH ROW EXECUTE FUNCTION app.touch()',
    ],
  }),
  rule({
    code: 'LINT_AUTOVACUUM_OFF',
    hazards: [42],
    title: 'Autovacuum is switched off for a table',
    why: 'Dead rows stay, the table grows, statistics age, and in the end the server stops to save itself from wraparound.',
    instead: 'Tune it for the table: autovacuum_vacuum_scale_factor, autovacuum_vacuum_cost_delay.',
    source: 'PostgreSQL manual, "Routine Vacuuming"',
    on: ['alter-table'],
    find: ({ table, part, value }) =>
      part === 'AT_SetRelOptions' && /\bautovacuum_enabled=(false|off|0|no)\b/i.test(value)
        ? {
            message: `nothing cleans ${plainName(table)} from then on`,
            safe: `ALTER TABLE ${show(table)} SET (autovacuum_vacuum_scale_factor = 0.02);`,
          }
        : undefined,
    bad: [
      'ALTER TABLE app.orders SET (autovacuum_enabled = false)',
      'ALTER TABLE app.orders SET (fillfactor = 90, autovacuum_enabled = off)',
    ],
    good: ['ALTER TABLE app.orders SET (autovacuum_vacuum_scale_factor = 0.02)'],
  }),
  rule({
    code: 'LINT_REPLICA_IDENTITY',
    severity: 'warning',
    hazards: [41],
    title: 'The replica identity of a table changes',
    why: 'NOTHING makes updates and deletes of a published table fail; FULL writes every old row into the WAL.',
    instead: 'A primary key, or a unique index over columns that are not null: REPLICA IDENTITY USING INDEX.',
    source: 'PostgreSQL manual, ALTER TABLE, REPLICA IDENTITY',
    on: ['alter-table'],
    find: ({ table, part, value }) =>
      part === 'AT_ReplicaIdentity' && (value === 'n' || value === 'f')
        ? { message: `${plainName(table)} is known to replicas by ${value === 'n' ? 'nothing' : 'the whole row'}` }
        : undefined,
    bad: ['ALTER TABLE app.orders REPLICA IDENTITY NOTHING', 'ALTER TABLE app.orders REPLICA IDENTITY FULL'],
    good: [
      'ALTER TABLE app.users REPLICA IDENTITY USING INDEX idx_users_email',
      'ALTER TABLE app.users REPLICA IDENTITY DEFAULT',
    ],
  }),
  rule({
    code: 'LINT_TRIGGERS_OFF',
    hazards: [66],
    title: 'Triggers or foreign keys are switched off',
    why: 'DISABLE TRIGGER ALL and session_replication_role switch the checks of foreign keys off, too: wrong rows come in, and stay.',
    instead: 'Leave them on. One trigger of your own can be disabled by its name.',
    source: 'PostgreSQL manual, ALTER TABLE, DISABLE TRIGGER; session_replication_role',
    on: ['alter-table', 'set'],
    find: (action) => {
      if (action.does === 'set')
        return action.setting === 'session_replication_role' && action.value === 'replica'
          ? { message: 'no trigger and no foreign key is checked in this session' }
          : undefined;
      return action.part === 'AT_DisableTrigAll'
        ? { message: `no trigger and no foreign key of ${plainName(action.table)} is checked` }
        : undefined;
    },
    bad: ['ALTER TABLE app.orders DISABLE TRIGGER ALL', "SET session_replication_role = 'replica'"],
    good: ['ALTER TABLE app.orders ENABLE TRIGGER ALL'],
  }),
];
