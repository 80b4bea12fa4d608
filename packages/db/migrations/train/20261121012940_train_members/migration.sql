-- Members of trains.
-- Purpose: who may use and manage a train (014). Each train keeps at least one owner: deferred constraint triggers refuse at
-- COMMIT what would leave none. Accident: only the application saw to it. They come before the data step that gives earlier
-- trains an owner, so that no train slips in between.
-- Date: 2026-11-21

CREATE TABLE "train"."train_members" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "train_id" uuid NOT NULL,
  "user_email" varchar(255) NOT NULL,
  "role" varchar(20) NOT NULL,
  "added_at" timestamp with time zone DEFAULT now() NOT NULL,
  "added_by" varchar(255) NOT NULL,
  CONSTRAINT "train_members_train_id_user_email_key" UNIQUE("train_id","user_email"),
  CONSTRAINT "train_members_role_check" CHECK ("role" IN ('owner', 'member'))
);
--> statement-breakpoint
CREATE INDEX "idx_train_members_train_id" ON "train"."train_members" ("train_id");
--> statement-breakpoint
CREATE INDEX "idx_train_members_user_email" ON "train"."train_members" ("user_email");
--> statement-breakpoint
CREATE INDEX "idx_train_members_role" ON "train"."train_members" ("train_id","role");
--> statement-breakpoint
ALTER TABLE "train"."train_members" ADD CONSTRAINT "train_members_train_id_fkey" FOREIGN KEY ("train_id") REFERENCES "train"."trains"("id") ON DELETE CASCADE;
--> statement-breakpoint

-- objects
CREATE OR REPLACE FUNCTION "train"."require_train_owner"() RETURNS trigger
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog
AS $function$
DECLARE
  checked uuid;
BEGIN
  IF TG_TABLE_NAME = 'trains' THEN
    checked := NEW.id;
    PERFORM FROM train.trains WHERE id = checked;
  ELSE
    IF OLD.role <> 'owner' THEN RETURN NULL; END IF;
    IF TG_OP = 'UPDATE' AND NEW.role = 'owner' AND NEW.train_id = OLD.train_id THEN RETURN NULL; END IF;
    checked := OLD.train_id;
    UPDATE train.trains SET updated_at = updated_at WHERE id = checked;
  END IF;
  -- the train itself is gone: so may its owners
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF NOT EXISTS (SELECT FROM train.train_members WHERE train_id = checked AND role = 'owner') THEN
    RAISE EXCEPTION 'train % would be left without an owner', checked
      USING ERRCODE = 'check_violation', SCHEMA = 'train', TABLE = 'train_members',
        CONSTRAINT = 'train_members_owner_required',
        HINT = 'add or promote another owner in the same transaction';
  END IF;
  RETURN NULL;
END
$function$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "require_owner_on_trains" AFTER INSERT ON "train"."trains"
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION train.require_train_owner();
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "require_owner_on_train_members" AFTER UPDATE OF role, train_id OR DELETE ON "train"."train_members"
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION train.require_train_owner();
--> statement-breakpoint
COMMENT ON TABLE "train"."train_members" IS 'People in a train; each train keeps at least one owner';
