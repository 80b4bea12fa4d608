-- hazards: LINT_REINDEX_BLOCKS
CREATE TABLE words (word text PRIMARY KEY);
-- ===== migration
REINDEX TABLE words;
