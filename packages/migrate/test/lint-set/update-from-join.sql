-- hazards: LINT_ROWS_AT_ONCE
CREATE TABLE cities (id bigint PRIMARY KEY, region text);
CREATE TABLE addresses (id bigint PRIMARY KEY, city_id bigint, region text);
-- ===== migration
UPDATE addresses a SET region = c.region FROM cities c WHERE c.id = a.city_id AND a.region IS NULL;
