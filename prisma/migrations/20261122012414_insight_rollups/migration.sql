-- Roll-ups of stage visits: pages of insight answer from counts that are kept with each move, not from all visits.
-- AlterTable
ALTER TABLE "stage_visit" ADD COLUMN     "counted" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "mark" TEXT,
ADD COLUMN     "next_stage_id" TEXT,
ADD COLUMN     "passage" TEXT;

-- CreateTable
CREATE TABLE "rollup_state" (
    "account_id" UUID NOT NULL,
    "live" BOOLEAN NOT NULL,
    "version" BIGINT NOT NULL DEFAULT 0,
    "stage_order" TEXT NOT NULL,
    "rebuilt_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rollup_state_pkey" PRIMARY KEY ("account_id")
);

-- CreateTable
CREATE TABLE "stay_hist" (
    "account_id" UUID NOT NULL,
    "pipeline_id" TEXT NOT NULL,
    "stage_id" TEXT NOT NULL,
    "entered_month" INTEGER NOT NULL,
    "next_stage_id" TEXT NOT NULL,
    "bucket" INTEGER NOT NULL,
    "n" INTEGER NOT NULL,

    CONSTRAINT "stay_hist_pkey" PRIMARY KEY ("account_id","pipeline_id","stage_id","entered_month","next_stage_id","bucket")
);

-- CreateTable
CREATE TABLE "open_hist" (
    "account_id" UUID NOT NULL,
    "pipeline_id" TEXT NOT NULL,
    "stage_id" TEXT NOT NULL,
    "since_day" INTEGER NOT NULL,
    "n" INTEGER NOT NULL,

    CONSTRAINT "open_hist_pkey" PRIMARY KEY ("account_id","pipeline_id","stage_id","since_day")
);

-- CreateTable
CREATE TABLE "flow_hist" (
    "account_id" UUID NOT NULL,
    "pipeline_id" TEXT NOT NULL,
    "stage_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "month" INTEGER NOT NULL,
    "way" TEXT NOT NULL,
    "n" INTEGER NOT NULL,

    CONSTRAINT "flow_hist_pkey" PRIMARY KEY ("account_id","pipeline_id","stage_id","kind","month","way")
);
