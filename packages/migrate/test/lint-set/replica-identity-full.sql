-- hazards: LINT_REPLICA_IDENTITY
CREATE TABLE carts (id bigint PRIMARY KEY);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE carts REPLICA IDENTITY FULL;
