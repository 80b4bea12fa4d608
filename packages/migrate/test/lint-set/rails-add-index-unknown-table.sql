-- hazards: LINT_INDEX_BLOCKS
-- ===== migration
-- rails: add_index :comments, [:post_id, :created_at]
CREATE INDEX "index_comments_on_post_id_and_created_at" ON "comments" ("post_id", "created_at");
