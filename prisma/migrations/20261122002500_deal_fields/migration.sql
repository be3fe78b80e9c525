-- Plans, pushing and insight look at products, tags, the reason of a loss and the account's own fields of a deal.
ALTER TABLE "deal"
  ADD COLUMN "product_ids" TEXT[],
  ADD COLUMN "products_due" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "tags" TEXT[],
  ADD COLUMN "loss_reason" TEXT,
  ADD COLUMN "fields" JSONB;

CREATE TABLE "watched_field" (
  "account_id" UUID NOT NULL,
  "field_key" TEXT NOT NULL,

  CONSTRAINT "watched_field_pkey" PRIMARY KEY ("account_id", "field_key")
);
