-- Actions of the panel can be taken back for a quarter of an hour, and a deal's story tells them.
-- CreateTable
CREATE TABLE "deal_deed" (
    "account_id" UUID NOT NULL,
    "deed_id" UUID NOT NULL,
    "deal_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "action_key" TEXT,
    "facts" JSONB NOT NULL,
    "undone_at" TIMESTAMPTZ(3),

    CONSTRAINT "deal_deed_pkey" PRIMARY KEY ("account_id","deed_id","deal_id")
);

-- CreateIndex
CREATE INDEX "deal_deed_deal_idx" ON "deal_deed"("account_id", "deal_id", "at");
