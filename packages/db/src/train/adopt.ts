import type { AdoptMapping, ColumnMapping } from '@repo/migrate/config';

const trainId: ColumnMapping = {
  rule: 'the domain of before is the train id',
  legacy: { domain: 'character varying(255)' },
  value: 'domain',
  back: { domain: 'train_id' },
};

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
