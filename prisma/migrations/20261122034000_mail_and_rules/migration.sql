-- Letters can be switched off by kind; rules say whether they wait for working hours; losses without a word are looked at.
-- AlterTable
ALTER TABLE "alert_rule" ADD COLUMN     "hours" TEXT NOT NULL DEFAULT 'working';

-- AlterTable
ALTER TABLE "mail" ADD COLUMN     "kind" TEXT NOT NULL DEFAULT 'digest';

-- CreateTable
CREATE TABLE "mail_refusal" (
    "account_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "mail_refusal_pkey" PRIMARY KEY ("account_id","user_id","kind")
);

-- CreateTable
CREATE TABLE "silent_loss" (
    "account_id" UUID NOT NULL,
    "deal_id" TEXT NOT NULL,
    "lost_at" TIMESTAMPTZ(3) NOT NULL,
    "check_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "silent_loss_pkey" PRIMARY KEY ("account_id","deal_id")
);

-- CreateTable
CREATE TABLE "control_check" (
    "account_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "day" TEXT NOT NULL,

    CONSTRAINT "control_check_pkey" PRIMARY KEY ("account_id","name")
);

-- CreateIndex
CREATE INDEX "silent_loss_check_idx" ON "silent_loss"("account_id", "check_at");
