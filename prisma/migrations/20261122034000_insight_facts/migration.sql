-- Counts over all deals of a large account take seconds: pages of insight keep them and have them counted anew behind the scenes.
-- CreateTable
CREATE TABLE "insight_fact" (
    "account_id" UUID NOT NULL,
    "fact_key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "question" JSONB NOT NULL,
    "body" TEXT NOT NULL,
    "took_ms" INTEGER NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "insight_fact_pkey" PRIMARY KEY ("account_id","fact_key")
);

-- CreateIndex
CREATE INDEX "deal_owner_idx" ON "deal"("account_id", "owner_id", "pipeline_id");
