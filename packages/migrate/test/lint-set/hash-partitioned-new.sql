-- harmless
-- ===== migration
CREATE TABLE clicks (id bigint NOT NULL, account bigint NOT NULL, PRIMARY KEY (account, id)) PARTITION BY HASH (account);
CREATE TABLE clicks_0 PARTITION OF clicks FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE clicks_1 PARTITION OF clicks FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE INDEX clicks_id ON clicks (id);
