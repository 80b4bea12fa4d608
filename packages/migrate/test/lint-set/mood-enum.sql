-- hazards: LINT_ENUM_MADE
-- ===== migration
CREATE TYPE order_channel AS ENUM ('web', 'phone', 'shop');
