import type { AdoptMapping, ColumnMapping } from '@repo/migrate/config';

const trainId: ColumnMapping = {
  rule: 'the domain of before is the train id',
  legacy: { domain: 'character varying(255)' },
  value: 'domain',
  back: { domain: 'train_id' },
};

const goneParent = (column: string) =>
  `${column} = request_id OR ${column} IS NOT NULL
    AND NOT EXISTS (SELECT FROM train.api_requests AS parent WHERE parent.request_id = api_requests.${column})`;

/** What the proxy's database was called before its renames, and what its dashboard writes that the declared rules refuse. */
export const adopt: AdoptMapping = {
  tables: {
    api_requests: {
      columns: {
        train_id: trainId,
        api_key_hash: {
          rule: 'room for the 64 hex digits of a SHA-256; the 50 of before cut none, for none was ever written',
        },
        current_message_hash: { rule: '64 hex digits, whatever width they were given' },
        parent_message_hash: { rule: '64 hex digits, whatever width they were given' },
        system_hash: { rule: '64 hex digits, whatever width they were given' },
      },
      rows: [
        {
          rule: 'a parent that is gone, or the request itself, is no parent: what the delete rule would have done',
          where: goneParent('parent_request_id'),
          set: { parent_request_id: 'NULL' },
        },
        {
          rule: 'a request that is gone started no sub-task: what the delete rule would have done',
          where: goneParent('parent_task_request_id'),
          set: { parent_task_request_id: 'NULL' },
        },
      ],
    },
    analysis_audit_log: { columns: { train_id: trainId } },
    trains: {
      waits: { require_owner_on_trains: 'the running dashboard makes a train and its owner in two transactions' },
    },
    train_members: {
      waits: {
        require_owner_on_train_members: 'the running dashboard sees to the last owner itself, in steps of its own',
      },
    },
  },
};
