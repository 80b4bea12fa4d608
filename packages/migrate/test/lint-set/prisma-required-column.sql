-- hazards: LINT_COLUMN_NOT_NULL, LINT_NAME_STYLE, LINT_NO_LOCK_TIMEOUT
CREATE TABLE "Account" ("id" text NOT NULL, CONSTRAINT "Account_pkey" PRIMARY KEY ("id"));
-- ===== migration
/*
  Warnings:
  - Added the required column `ownerId` to the `Account` table without a default value.
*/
-- AlterTable
ALTER TABLE "Account" ADD COLUMN     "ownerId" TEXT NOT NULL;
