-- Control: pushes and their answers, rules of alerts and what they found, the day of each person, letters on their way.
-- CreateTable
CREATE TABLE "push" (
    "account_id" UUID NOT NULL,
    "push_id" UUID NOT NULL,
    "target" TEXT NOT NULL,
    "deal_id" TEXT,
    "step_id" TEXT,
    "user_id" TEXT NOT NULL,
    "by_user" TEXT,
    "text" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "deliver_at" TIMESTAMPTZ(3) NOT NULL,
    "answer_by" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "repeats" INTEGER NOT NULL DEFAULT 0,
    "level" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3),
    "answered_at" TIMESTAMPTZ(3),
    "answered_by" TEXT,
    "answer" TEXT,
    "until" TIMESTAMPTZ(3),
    "reason_key" TEXT,
    "reason" TEXT,
    "minutes" INTEGER,
    "follows" UUID,

    CONSTRAINT "push_pkey" PRIMARY KEY ("account_id","push_id")
);

-- CreateTable
CREATE TABLE "push_message" (
    "account_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "push_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "level" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "push_message_pkey" PRIMARY KEY ("account_id","key","push_id")
);

-- CreateTable
CREATE TABLE "control_setting" (
    "account_id" UUID NOT NULL,
    "cycle_on" BOOLEAN NOT NULL DEFAULT false,
    "budget_per_day" INTEGER NOT NULL DEFAULT 5,
    "held_out" DOUBLE PRECISION NOT NULL DEFAULT 0.1,
    "preset" TEXT,
    "saved_by" TEXT NOT NULL,
    "saved_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "control_setting_pkey" PRIMARY KEY ("account_id")
);

-- CreateTable
CREATE TABLE "alert_rule" (
    "account_id" UUID NOT NULL,
    "rule_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "is_on" BOOLEAN NOT NULL,
    "parameters" JSONB NOT NULL,
    "recipients" JSONB NOT NULL,
    "channels" TEXT[],
    "delivery" TEXT NOT NULL,
    "escalation" JSONB NOT NULL,
    "demoted_at" TIMESTAMPTZ(3),
    "since" TIMESTAMPTZ(3) NOT NULL,
    "saved_by" TEXT NOT NULL,
    "saved_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "alert_rule_pkey" PRIMARY KEY ("account_id","rule_id")
);

-- CreateTable
CREATE TABLE "alert" (
    "account_id" UUID NOT NULL,
    "alert_id" UUID NOT NULL,
    "rule_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "deal_id" TEXT,
    "subject" TEXT NOT NULL,
    "episode" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "facts" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "level" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3),
    "acted_at" TIMESTAMPTZ(3),
    "moved_at" TIMESTAMPTZ(3),
    "over_at" TIMESTAMPTZ(3),
    "snoozes" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "alert_pkey" PRIMARY KEY ("account_id","alert_id")
);

-- CreateTable
CREATE TABLE "alert_delivery" (
    "account_id" UUID NOT NULL,
    "alert_id" UUID NOT NULL,
    "level" INTEGER NOT NULL,
    "user_id" TEXT NOT NULL,
    "delivery" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "sent_at" TIMESTAMPTZ(3),
    "day" TEXT,

    CONSTRAINT "alert_delivery_pkey" PRIMARY KEY ("account_id","alert_id","level","user_id")
);

-- CreateTable
CREATE TABLE "snooze" (
    "account_id" UUID NOT NULL,
    "snooze_id" UUID NOT NULL,
    "deal_id" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "reason_key" TEXT NOT NULL,
    "comment" TEXT,
    "by_user" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "undone_at" TIMESTAMPTZ(3),

    CONSTRAINT "snooze_pkey" PRIMARY KEY ("account_id","snooze_id")
);

-- CreateTable
CREATE TABLE "person_day" (
    "account_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "day" TEXT NOT NULL,
    "sent" TEXT[],
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "person_day_pkey" PRIMARY KEY ("account_id","user_id","day")
);

-- CreateTable
CREATE TABLE "day_item" (
    "account_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "day" TEXT NOT NULL,
    "deal_id" TEXT NOT NULL,
    "step_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "reason_key" TEXT,
    "reason" TEXT,
    "until" TIMESTAMPTZ(3),
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "day_item_pkey" PRIMARY KEY ("account_id","user_id","day","deal_id","step_id")
);

-- CreateTable
CREATE TABLE "digest" (
    "account_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "day" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "content" JSONB NOT NULL,

    CONSTRAINT "digest_pkey" PRIMARY KEY ("account_id","user_id","kind","day")
);

-- CreateTable
CREATE TABLE "mail" (
    "account_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'planned',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "fault" TEXT,

    CONSTRAINT "mail_pkey" PRIMARY KEY ("account_id","key")
);

-- CreateTable
CREATE TABLE "deal_touch" (
    "account_id" UUID NOT NULL,
    "deal_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "deal_touch_pkey" PRIMARY KEY ("account_id","deal_id","at")
);

-- CreateIndex
CREATE INDEX "push_deal_idx" ON "push"("account_id", "deal_id", "at");

-- CreateIndex
CREATE INDEX "push_user_idx" ON "push"("account_id", "user_id", "state");

-- CreateIndex
CREATE INDEX "push_next_idx" ON "push"("account_id", "next_at");

-- CreateIndex
CREATE INDEX "push_message_push_idx" ON "push_message"("account_id", "push_id");

-- CreateIndex
CREATE INDEX "push_message_user_idx" ON "push_message"("account_id", "user_id", "at");

-- CreateIndex
CREATE INDEX "alert_deal_idx" ON "alert"("account_id", "deal_id");

-- CreateIndex
CREATE INDEX "alert_next_idx" ON "alert"("account_id", "next_at");

-- CreateIndex
CREATE INDEX "alert_rule_idx" ON "alert"("account_id", "rule_id", "at");

-- CreateIndex
CREATE INDEX "alert_delivery_due_idx" ON "alert_delivery"("account_id", "due_at");

-- CreateIndex
CREATE INDEX "alert_delivery_user_idx" ON "alert_delivery"("account_id", "user_id", "day");

-- CreateIndex
CREATE INDEX "snooze_deal_idx" ON "snooze"("account_id", "deal_id", "at");

-- CreateIndex
CREATE INDEX "day_item_at_idx" ON "day_item"("account_id", "at");

-- CreateIndex
CREATE INDEX "mail_next_idx" ON "mail"("account_id", "next_at");
