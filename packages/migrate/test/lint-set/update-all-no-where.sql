-- hazards: LINT_ROWS_AT_ONCE
CREATE TABLE users (id bigint PRIMARY KEY, mail text);
-- ===== migration
UPDATE users SET mail = lower(mail);
