-- hazards: LINT_INDEX_WIDE
CREATE TABLE sales (id bigint PRIMARY KEY, region text, shop text, category text, sold_on date, amount numeric);
-- ===== migration
CREATE INDEX CONCURRENTLY sales_report ON sales (region, shop, category, sold_on);
