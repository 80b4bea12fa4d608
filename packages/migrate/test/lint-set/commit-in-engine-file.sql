-- hazards: LINT_TRANSACTION_CONTROL
-- runner: engine
-- ===== migration
CREATE TABLE app.badges (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL);
COMMIT;
