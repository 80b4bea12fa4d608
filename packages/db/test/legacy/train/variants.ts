import type { Variant } from '../bed.ts';
import { otherPeople, otherTools } from '../other-people.ts';

/** Before 012: requests name a domain, and there are neither trains nor analyses. */
const DOMAIN = `
  DROP TABLE train_members, train_api_keys, train_accounts, trains, anthropic_credentials;
  ALTER TABLE api_requests RENAME COLUMN train_id TO domain;
  ALTER INDEX idx_requests_train_id RENAME TO idx_requests_domain;
  ALTER INDEX idx_api_requests_train_timestamp_response RENAME TO idx_requests_domain_timestamp_response;`;

/** What fourteen hand-run scripts, run in part, twice or from another branch, have left elsewhere. */
export const variants: readonly Variant[] = [
  {
    name: 'before-trains',
    hazard: '012 and later never ran: requests name a domain, also in the log of analyses',
    sql: `${DOMAIN}
      ALTER TABLE analysis_audit_log RENAME COLUMN train_id TO domain;
      ALTER INDEX idx_audit_train RENAME TO idx_audit_domain;`,
  },
  {
    name: 'three-steps',
    hazard: 'only 000 to 002 ran: no sub-tasks, accounts, system hashes, parents or analyses',
    sql: `${DOMAIN}
      DROP TABLE analysis_audit_log, conversation_analyses; DROP TYPE conversation_analysis_status; DROP FUNCTION trigger_set_timestamp();
      ALTER TABLE api_requests DROP COLUMN parent_task_request_id, DROP COLUMN is_subtask, DROP COLUMN task_tool_invocation, DROP COLUMN account_id,
        DROP COLUMN parent_request_id, DROP COLUMN system_hash;
      DROP INDEX idx_requests_domain_timestamp_response, idx_api_requests_response_body_task, idx_api_requests_task_name;
      CREATE MATERIALIZED VIEW hourly_stats AS SELECT date_trunc('hour', timestamp) AS hour, domain, model, count(*) AS request_count,
        sum(input_tokens) AS total_input_tokens FROM api_requests WHERE timestamp > now() - interval '7 days' GROUP BY 1, 2, 3;
      CREATE UNIQUE INDEX idx_hourly_stats_unique ON hourly_stats (hour, domain, model);`,
    expect: { keeps: ['hourly_stats'] },
  },
  {
    name: 'analyses-half-made',
    hazard: '011 stopped in the middle: the type and the table are there, the key, the trigger and the log are not',
    sql: `DROP TABLE analysis_audit_log;
      DROP TRIGGER set_timestamp_on_conversation_analyses ON conversation_analyses;
      ALTER TABLE conversation_analyses DROP CONSTRAINT conversation_analyses_conversation_id_branch_id_key, DROP COLUMN custom_prompt;
      INSERT INTO conversation_analyses (conversation_id, branch_id, status)
      SELECT conversation_id, branch_id, 'failed' FROM conversation_analyses WHERE id % 40 = 0;`,
    expect: { quarantines: { conversation_analyses: 10 } },
  },
  {
    name: 'dangling-parents',
    hazard: 'a retention job without foreign keys deleted parents, and a request is its own parent',
    sql: `ALTER TABLE api_requests DROP CONSTRAINT api_requests_parent_request_id_fkey, DROP CONSTRAINT chk_parent_request_not_self,
        DROP CONSTRAINT api_requests_parent_task_request_id_fkey;
      DELETE FROM api_requests WHERE request_id IN (SELECT parent_request_id FROM api_requests WHERE parent_request_id IS NOT NULL ORDER BY 1 LIMIT 30);
      UPDATE api_requests SET parent_request_id = request_id WHERE request_id = md5('request 77')::uuid;`,
    // the foreign key with its delete rule waits for the rows
    expect: { untilFinish: ['parent'] },
  },
  {
    name: 'wide-hash',
    hazard: 'somebody had widened the hash of keys and narrowed the others as varchar; a comment says so',
    sql: `ALTER TABLE api_requests ALTER api_key_hash TYPE varchar(128), ALTER current_message_hash TYPE varchar(64), ALTER parent_message_hash TYPE text;
      UPDATE api_requests SET api_key_hash = md5(request_id::text) || md5('k') WHERE message_count = 3;
      COMMENT ON COLUMN api_requests.api_key_hash IS 'was too short';`,
  },
  {
    name: 'accounts-gone',
    hazard: '015 of a branch dropped train_accounts and gave trains a column for the account',
    sql: `DROP TABLE train_accounts;
      ALTER TABLE trains ADD COLUMN default_account_id uuid REFERENCES anthropic_credentials (id) ON DELETE SET NULL, ADD COLUMN client_api_keys_hashed text[];
      UPDATE trains SET default_account_id = (SELECT id FROM anthropic_credentials ORDER BY account_id LIMIT 1) WHERE train_id LIKE '%2';`,
    expect: { keeps: ['trains.default_account_id', 'trains.client_api_keys_hashed'] },
  },
  {
    name: 'indexes-astray',
    hazard:
      'two GIN indexes on one column, an INVALID leftover of a concurrent build, unique keys as bare indexes, declared names on other columns',
    sql: `CREATE INDEX idx_api_requests_response_body_gin ON api_requests USING gin (response_body);
      UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_requests_model'::regclass;
      CREATE INDEX idx_api_requests_timestamp ON api_requests (created_at);
      ALTER TABLE trains DROP CONSTRAINT trains_train_id_key;
      CREATE UNIQUE INDEX trains_unique ON trains (train_id);
      ALTER TABLE streaming_chunks DROP CONSTRAINT streaming_chunks_request_id_chunk_index_key;
      CREATE UNIQUE INDEX streaming_chunks_request_id_chunk_index_key ON streaming_chunks (request_id, chunk_index);`,
    expect: { keeps: ['idx_api_requests_response_body_gin'], mends: ['idx_requests_model'] },
  },
  otherPeople('trains', 'id', 'uuid', 'train_id'),
  otherTools(['000-init-database', '001-add-conversation-tracking', '012-train-id-migration', '012-add-account-id']),
];
