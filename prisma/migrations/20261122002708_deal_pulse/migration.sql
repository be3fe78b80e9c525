-- Control asks the same few facts of every open deal every morning: they are kept in one row each.
-- CreateTable
CREATE TABLE "deal_pulse" (
    "account_id" UUID NOT NULL,
    "deal_id" TEXT NOT NULL,
    "pipeline_id" TEXT NOT NULL,
    "stage_id" TEXT NOT NULL,
    "stage_kind" TEXT NOT NULL,
    "owner_id" TEXT,
    "amount" DECIMAL(65,30),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "stage_since" TIMESTAMPTZ(3) NOT NULL,
    "last_event" TEXT NOT NULL,
    "last_event_at" TIMESTAMPTZ(3) NOT NULL,
    "unsorted" BOOLEAN NOT NULL DEFAULT false,
    "accepted_at" TIMESTAMPTZ(3),
    "plan_id" UUID,
    "template_id" UUID,
    "template_version" INTEGER,
    "plan_state" TEXT,
    "done_steps" INTEGER NOT NULL DEFAULT 0,
    "open_steps" INTEGER NOT NULL DEFAULT 0,
    "due_ats" TIMESTAMPTZ(3)[],
    "next_step" TEXT,
    "next_due_at" TIMESTAMPTZ(3),
    "next_owner_id" TEXT,
    "ends_early" BOOLEAN NOT NULL DEFAULT false,
    "waiting_until" TIMESTAMPTZ(3),
    "snoozed_until" TIMESTAMPTZ(3),
    "pushed_at" TIMESTAMPTZ(3),
    "next_check_at" TIMESTAMPTZ(3),

    CONSTRAINT "deal_pulse_pkey" PRIMARY KEY ("account_id","deal_id")
);

-- CreateTable
CREATE TABLE "stage_norm" (
    "account_id" UUID NOT NULL,
    "pipeline_id" TEXT NOT NULL,
    "stage_id" TEXT NOT NULL,
    "visits" INTEGER NOT NULL,
    "norm_ms" BIGINT,
    "stuck_after_ms" BIGINT,
    "computed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "stage_norm_pkey" PRIMARY KEY ("account_id","pipeline_id","stage_id")
);

-- CreateTable
CREATE TABLE "intake_stage" (
    "account_id" UUID NOT NULL,
    "pipeline_id" TEXT NOT NULL,
    "stage_id" TEXT NOT NULL,

    CONSTRAINT "intake_stage_pkey" PRIMARY KEY ("account_id","pipeline_id","stage_id")
);

-- CreateTable
CREATE TABLE "deal_acceptance" (
    "account_id" UUID NOT NULL,
    "deal_id" TEXT NOT NULL,
    "accepted_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_by" TEXT,

    CONSTRAINT "deal_acceptance_pkey" PRIMARY KEY ("account_id","deal_id")
);

-- CreateTable
CREATE TABLE "panel_view" (
    "account_id" UUID NOT NULL,
    "view_id" UUID NOT NULL,
    "owner_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "shared" BOOLEAN NOT NULL DEFAULT false,
    "filter" JSONB NOT NULL,
    "sort" TEXT NOT NULL,
    "saved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "panel_view_pkey" PRIMARY KEY ("account_id","view_id")
);

-- CreateIndex
CREATE INDEX "deal_pulse_check_idx" ON "deal_pulse"("account_id", "next_check_at");

-- CreateIndex
CREATE INDEX "deal_pulse_stage_idx" ON "deal_pulse"("account_id", "pipeline_id", "stage_id");

-- CreateIndex
CREATE INDEX "deal_pulse_owner_idx" ON "deal_pulse"("account_id", "owner_id");
