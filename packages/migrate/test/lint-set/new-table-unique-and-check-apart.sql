-- harmless
-- ===== migration
CREATE TABLE seats (id bigint PRIMARY KEY, row_no integer, seat_no integer);
ALTER TABLE seats ADD CONSTRAINT seats_place_key UNIQUE (row_no, seat_no);
ALTER TABLE seats ADD CONSTRAINT seats_row_check CHECK (row_no > 0);
ALTER TABLE seats ALTER COLUMN row_no SET NOT NULL;
