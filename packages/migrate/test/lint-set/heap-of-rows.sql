-- hazards: LINT_NO_PRIMARY_KEY
-- ===== migration
CREATE TABLE page_views (url text NOT NULL, viewed_at timestamptz NOT NULL DEFAULT now());
