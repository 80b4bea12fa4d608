-- hazards: LINT_TABLE_DROPPED, LINT_NAME_STYLE
CREATE TABLE "Customer" ("id" text NOT NULL, "mail" text NOT NULL, CONSTRAINT "Customer_pkey" PRIMARY KEY ("id"));
-- ===== migration
-- DropTable
DROP TABLE "Customer";

-- CreateTable
CREATE TABLE "Client" (
    "id" TEXT NOT NULL,
    "mail" TEXT NOT NULL,

    CONSTRAINT "Client_pkey" PRIMARY KEY ("id")
);
