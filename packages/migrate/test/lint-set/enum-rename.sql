-- hazards: LINT_ENUM_VALUE_RENAMED
CREATE TYPE parcel_state AS ENUM ('packed', 'shiped');
-- ===== migration
ALTER TYPE parcel_state RENAME VALUE 'shiped' TO 'shipped';
