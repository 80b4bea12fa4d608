-- harmless
CREATE TABLE plans (name text PRIMARY KEY, price_cents bigint NOT NULL);
-- ===== migration
INSERT INTO plans (name, price_cents) VALUES ('free', 0), ('team', 4900) ON CONFLICT (name) DO NOTHING;
UPDATE plans SET price_cents = 5900 WHERE name = 'team';
DELETE FROM plans WHERE name = 'beta' AND price_cents = 0;
