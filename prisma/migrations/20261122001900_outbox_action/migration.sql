-- What we do in the host besides a plan's tasks (comments, moves, notifications, questions) needs its own memory of what went out.
CREATE TABLE "outbox_action" (
    "account_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "seq" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "action" JSONB NOT NULL,
    "deal_id" TEXT,
    "state" TEXT NOT NULL DEFAULT 'planned',
    "host_id" TEXT,
    "first_sent_at" TIMESTAMPTZ(3),
    "sending_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3),
    "claimed_by" TEXT,
    "claimed_until" TIMESTAMPTZ(3),
    "fault" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "done_at" TIMESTAMPTZ(3),
    "close_text" TEXT,
    "answered_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_action_pkey" PRIMARY KEY ("account_id","key")
);

CREATE INDEX "outbox_action_due_idx" ON "outbox_action"("account_id", "next_at");

CREATE INDEX "outbox_action_deal_idx" ON "outbox_action"("account_id", "deal_id");

CREATE INDEX "outbox_action_host_idx" ON "outbox_action"("account_id", "host_id");
