-- harmless
-- ===== migration
CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint);
CREATE INDEX lines_order ON lines (order_id);
CREATE INDEX ON lines (order_id, id);
ALTER TABLE lines ADD CONSTRAINT lines_id_check CHECK (id > 0);
