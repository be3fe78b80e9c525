-- The founding schema: accounts, mirror, plans, outbox.
-- CreateTable
CREATE TABLE "account" (
    "account_id" UUID NOT NULL,
    "host" TEXT NOT NULL,
    "host_key" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "oauth_endpoint" TEXT NOT NULL,
    "hook_secret" TEXT,
    "state" TEXT NOT NULL,
    "health" TEXT NOT NULL DEFAULT 'ok',
    "health_detail" TEXT,
    "health_since" TIMESTAMPTZ(3),
    "capabilities" JSONB NOT NULL DEFAULT '{}',
    "scopes" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "settings" JSONB NOT NULL DEFAULT '{}',
    "installed_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "uninstalled_at" TIMESTAMPTZ(3),
    "purge_after" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("account_id")
);

-- CreateTable
CREATE TABLE "credential" (
    "account_id" UUID NOT NULL,
    "chain" TEXT NOT NULL,
    "host_user_id" TEXT,
    "admin" BOOLEAN NOT NULL DEFAULT false,
    "access_token" TEXT NOT NULL,
    "refresh_token" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "lease_owner" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "dead_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credential_pkey" PRIMARY KEY ("account_id","chain")
);

-- CreateTable
CREATE TABLE "host_limit" (
    "account_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "level" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "level_at" TIMESTAMPTZ(6) NOT NULL,
    "paused_until" TIMESTAMPTZ(3),

    CONSTRAINT "host_limit_pkey" PRIMARY KEY ("account_id","key")
);

-- CreateTable
CREATE TABLE "inbox" (
    "account_id" UUID NOT NULL,
    "inbox_id" BIGSERIAL NOT NULL,
    "entity" TEXT NOT NULL,
    "entity_id" TEXT NOT NULL,
    "change" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "claimed_until" TIMESTAMPTZ(3),
    "claimed_by" TEXT,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("account_id","inbox_id")
);

-- CreateTable
CREATE TABLE "dead_letter" (
    "account_id" UUID NOT NULL,
    "dead_letter_id" BIGSERIAL NOT NULL,
    "source" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "redriven_at" TIMESTAMPTZ(3),

    CONSTRAINT "dead_letter_pkey" PRIMARY KEY ("account_id","dead_letter_id")
);

-- CreateTable
CREATE TABLE "checkpoint" (
    "account_id" UUID NOT NULL,
    "stream" TEXT NOT NULL,
    "stage" TEXT NOT NULL DEFAULT 'waiting',
    "cursor" TEXT,
    "synced_to" TIMESTAMPTZ(3),
    "rows_done" INTEGER NOT NULL DEFAULT 0,
    "rows_total" INTEGER,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "swept_at" TIMESTAMPTZ(3),
    "lease_owner" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "fault" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "checkpoint_pkey" PRIMARY KEY ("account_id","stream")
);

-- CreateTable
CREATE TABLE "pipeline" (
    "account_id" UUID NOT NULL,
    "pipeline_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sort" INTEGER NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "pipeline_pkey" PRIMARY KEY ("account_id","pipeline_id")
);

-- CreateTable
CREATE TABLE "stage" (
    "account_id" UUID NOT NULL,
    "pipeline_id" TEXT NOT NULL,
    "stage_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sort" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "color" TEXT,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "stage_pkey" PRIMARY KEY ("account_id","pipeline_id","stage_id")
);

-- CreateTable
CREATE TABLE "host_user" (
    "account_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT,
    "position" TEXT,
    "active" BOOLEAN NOT NULL,
    "admin" BOOLEAN NOT NULL,
    "department_ids" TEXT[],
    "time_zone" TEXT,

    CONSTRAINT "host_user_pkey" PRIMARY KEY ("account_id","user_id")
);

-- CreateTable
CREATE TABLE "department" (
    "account_id" UUID NOT NULL,
    "department_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sort" INTEGER NOT NULL,
    "parent_id" TEXT,
    "head_id" TEXT,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "department_pkey" PRIMARY KEY ("account_id","department_id")
);

-- CreateTable
CREATE TABLE "product" (
    "account_id" UUID NOT NULL,
    "product_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "price" DECIMAL(65,30),
    "currency" TEXT,
    "active" BOOLEAN NOT NULL,

    CONSTRAINT "product_pkey" PRIMARY KEY ("account_id","product_id")
);

-- CreateTable
CREATE TABLE "deal" (
    "account_id" UUID NOT NULL,
    "deal_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "pipeline_id" TEXT NOT NULL,
    "stage_id" TEXT NOT NULL,
    "stage_kind" TEXT NOT NULL,
    "owner_id" TEXT,
    "amount" DECIMAL(65,30),
    "currency" TEXT,
    "source_id" TEXT,
    "company_id" TEXT,
    "contact_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "modified_at" TIMESTAMPTZ(3) NOT NULL,
    "stage_since" TIMESTAMPTZ(3),
    "last_activity_at" TIMESTAMPTZ(3),
    "synced_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "deal_pkey" PRIMARY KEY ("account_id","deal_id")
);

-- CreateTable
CREATE TABLE "stage_transition" (
    "account_id" UUID NOT NULL,
    "deal_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "pipeline_id" TEXT NOT NULL,
    "stage_id" TEXT NOT NULL,
    "stage_kind" TEXT NOT NULL,
    "host_id" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "stage_transition_pkey" PRIMARY KEY ("account_id","deal_id","at","host_id")
);

-- CreateTable
CREATE TABLE "stage_visit" (
    "account_id" UUID NOT NULL,
    "deal_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "pipeline_id" TEXT NOT NULL,
    "stage_id" TEXT NOT NULL,
    "entered_at" TIMESTAMPTZ(3) NOT NULL,
    "left_at" TIMESTAMPTZ(3),

    CONSTRAINT "stage_visit_pkey" PRIMARY KEY ("account_id","deal_id","seq")
);

-- CreateTable
CREATE TABLE "host_task" (
    "account_id" UUID NOT NULL,
    "task_id" TEXT NOT NULL,
    "deal_id" TEXT,
    "title" TEXT NOT NULL,
    "owner_id" TEXT,
    "state" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),
    "completed_by" TEXT,
    "modified_at" TIMESTAMPTZ(3) NOT NULL,
    "our_key" TEXT,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "host_task_pkey" PRIMARY KEY ("account_id","task_id")
);

-- CreateTable
CREATE TABLE "plan_template" (
    "account_id" UUID NOT NULL,
    "template_id" UUID NOT NULL,
    "library_key" TEXT,
    "name" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "plan_template_pkey" PRIMARY KEY ("account_id","template_id")
);

-- CreateTable
CREATE TABLE "plan_template_version" (
    "account_id" UUID NOT NULL,
    "template_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "published_at" TIMESTAMPTZ(3),

    CONSTRAINT "plan_template_version_pkey" PRIMARY KEY ("account_id","template_id","version")
);

-- CreateTable
CREATE TABLE "pipeline_plan" (
    "account_id" UUID NOT NULL,
    "pipeline_id" TEXT NOT NULL,
    "template_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "stage_map" JSONB NOT NULL,
    "triggers" TEXT[],
    "since" TIMESTAMPTZ(3) NOT NULL,
    "enabled_by" TEXT,
    "enabled_at" TIMESTAMPTZ(3) NOT NULL,
    "disabled_at" TIMESTAMPTZ(3),

    CONSTRAINT "pipeline_plan_pkey" PRIMARY KEY ("account_id","pipeline_id")
);

-- CreateTable
CREATE TABLE "plan" (
    "account_id" UUID NOT NULL,
    "plan_id" UUID NOT NULL,
    "deal_id" TEXT NOT NULL,
    "template_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "trigger" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),
    "close_reason" TEXT,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "stage_key" TEXT,
    "next_decision_at" TIMESTAMPTZ(3),
    "pause" JSONB,

    CONSTRAINT "plan_pkey" PRIMARY KEY ("account_id","plan_id")
);

-- CreateTable
CREATE TABLE "plan_step" (
    "account_id" UUID NOT NULL,
    "plan_id" UUID NOT NULL,
    "step_key" TEXT NOT NULL,
    "visit_seq" INTEGER NOT NULL,
    "deal_id" TEXT NOT NULL,
    "stage_key" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "owner_id" TEXT,
    "due_at" TIMESTAMPTZ(3),
    "actionable_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "finished_by" TEXT,
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "plan_step_pkey" PRIMARY KEY ("account_id","plan_id","step_key","visit_seq")
);

-- CreateTable
CREATE TABLE "plan_event" (
    "account_id" UUID NOT NULL,
    "plan_event_id" BIGSERIAL NOT NULL,
    "plan_id" UUID NOT NULL,
    "deal_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "plan_event_pkey" PRIMARY KEY ("account_id","plan_event_id")
);

-- CreateTable
CREATE TABLE "outbox_task" (
    "account_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "plan_id" UUID NOT NULL,
    "step_key" TEXT NOT NULL,
    "visit_seq" INTEGER NOT NULL,
    "deal_id" TEXT NOT NULL,
    "desired" JSONB NOT NULL,
    "desired_rev" INTEGER NOT NULL DEFAULT 1,
    "applied" JSONB,
    "applied_rev" INTEGER NOT NULL DEFAULT 0,
    "state" TEXT NOT NULL,
    "host_task_id" TEXT,
    "first_sent_at" TIMESTAMPTZ(3),
    "sending_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3),
    "claimed_by" TEXT,
    "claimed_until" TIMESTAMPTZ(3),
    "fault" TEXT,

    CONSTRAINT "outbox_task_pkey" PRIMARY KEY ("account_id","key")
);

-- CreateTable
CREATE TABLE "api_replay" (
    "account_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "body_hash" TEXT NOT NULL,
    "status" INTEGER,
    "answer" JSONB,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_replay_pkey" PRIMARY KEY ("account_id","user_id","key")
);

-- CreateTable
CREATE TABLE "preference" (
    "account_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "settings" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "preference_pkey" PRIMARY KEY ("account_id","user_id")
);

-- CreateTable
CREATE TABLE "audit_log" (
    "account_id" UUID NOT NULL,
    "audit_log_id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "audit_log_pkey" PRIMARY KEY ("account_id","audit_log_id")
);

-- CreateTable
CREATE TABLE "progress" (
    "account_id" UUID NOT NULL,
    "progress_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "done" INTEGER NOT NULL DEFAULT 0,
    "total" INTEGER,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "started_by" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "progress_pkey" PRIMARY KEY ("account_id","progress_id")
);

-- CreateIndex
CREATE INDEX "deal_stage_idx" ON "deal"("account_id", "pipeline_id", "stage_id");

-- CreateIndex
CREATE INDEX "host_task_deal_idx" ON "host_task"("account_id", "deal_id");

-- CreateIndex
CREATE INDEX "plan_deal_idx" ON "plan"("account_id", "deal_id");

-- CreateIndex
CREATE INDEX "plan_next_decision_idx" ON "plan"("account_id", "next_decision_at");

-- CreateIndex
CREATE INDEX "plan_step_deal_idx" ON "plan_step"("account_id", "deal_id");

-- CreateIndex
CREATE INDEX "plan_step_owner_idx" ON "plan_step"("account_id", "owner_id", "state");

-- CreateIndex
CREATE INDEX "plan_event_deal_idx" ON "plan_event"("account_id", "deal_id", "plan_event_id");

-- CreateIndex
CREATE INDEX "outbox_task_host_idx" ON "outbox_task"("account_id", "host_task_id");

-- CreateIndex
CREATE INDEX "outbox_task_plan_idx" ON "outbox_task"("account_id", "plan_id");

-- CreateIndex
CREATE INDEX "outbox_task_due_idx" ON "outbox_task"("account_id", "next_at");
