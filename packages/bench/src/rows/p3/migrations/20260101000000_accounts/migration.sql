-- Accounts.
-- Purpose: the table of bench row P3.
-- Date: 2026-11-21

CREATE SCHEMA bench;
CREATE TABLE bench.accounts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  balance bigint NOT NULL,
  cents bigint,
  note text NOT NULL
);
