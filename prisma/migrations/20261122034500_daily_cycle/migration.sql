-- A person's day becomes a record: what was planned, what became of it, when each message of the day is due.
-- AlterTable
ALTER TABLE "control_setting" ADD COLUMN     "cycle" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "cycle_next_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "day_item" ADD COLUMN     "cause" TEXT,
ADD COLUMN     "due_at" TIMESTAMPTZ(3),
ADD COLUMN     "postponed" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "title" TEXT NOT NULL DEFAULT '';

-- AlterTable
ALTER TABLE "person_day" ADD COLUMN     "ends_at" TIMESTAMPTZ(3),
ADD COLUMN     "settled_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "person_cycle" (
    "account_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "reminders" BOOLEAN NOT NULL,

    CONSTRAINT "person_cycle_pkey" PRIMARY KEY ("account_id","user_id")
);

-- CreateTable
CREATE TABLE "lowered_deal" (
    "account_id" UUID NOT NULL,
    "deal_id" TEXT NOT NULL,
    "stage_since" TIMESTAMPTZ(3) NOT NULL,
    "by_user" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "lowered_deal_pkey" PRIMARY KEY ("account_id","deal_id")
);

-- CreateIndex
CREATE INDEX "person_day_open_idx" ON "person_day"("account_id", "settled_at", "ends_at");
