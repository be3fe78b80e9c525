-- Templates are edited as drafts, stage maps belong to versions, and running plans migrate undoably.
-- AlterTable
ALTER TABLE "plan_template" ADD COLUMN     "retired_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "plan_template_version" ADD COLUMN     "origin" JSONB,
ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "saved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- CreateTable
CREATE TABLE "stage_map" (
    "account_id" UUID NOT NULL,
    "pipeline_id" TEXT NOT NULL,
    "template_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "map" JSONB NOT NULL,
    "saved_by" TEXT NOT NULL,
    "saved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "stage_map_pkey" PRIMARY KEY ("account_id","pipeline_id","template_id","version")
);

-- CreateTable
CREATE TABLE "plan_migration" (
    "account_id" UUID NOT NULL,
    "migration_id" UUID NOT NULL,
    "template_id" UUID NOT NULL,
    "to_version" INTEGER NOT NULL,
    "deal_ids" TEXT[],
    "state" TEXT NOT NULL,
    "done" INTEGER NOT NULL DEFAULT 0,
    "total" INTEGER NOT NULL DEFAULT 0,
    "after" TEXT NOT NULL DEFAULT '',
    "started_by" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "plan_migration_pkey" PRIMARY KEY ("account_id","migration_id")
);

-- CreateTable
CREATE TABLE "plan_migration_item" (
    "account_id" UUID NOT NULL,
    "migration_id" UUID NOT NULL,
    "deal_id" TEXT NOT NULL,
    "plan_id" UUID NOT NULL,
    "from_version" INTEGER NOT NULL,
    "facts" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "plan_migration_item_pkey" PRIMARY KEY ("account_id","migration_id","deal_id","plan_id")
);

-- CreateIndex
CREATE INDEX "plan_template_idx" ON "plan"("account_id", "template_id", "deal_id");

-- The maps that there are belong to the versions that they were made for.
INSERT INTO "stage_map" ("account_id", "pipeline_id", "template_id", "version", "map", "saved_by")
SELECT "account_id", "pipeline_id", "template_id", "version", "stage_map", COALESCE("enabled_by", 'system') FROM "pipeline_plan";

-- AlterTable
ALTER TABLE "pipeline_plan" DROP COLUMN "stage_map";

-- A published version never changes: plans that run on it would change with it.
CREATE FUNCTION "keep_published_version"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."state" <> 'draft' AND (NEW."state" = 'draft' OR NEW."body" IS DISTINCT FROM OLD."body"
    OR NEW."version" <> OLD."version" OR NEW."published_at" IS DISTINCT FROM OLD."published_at") THEN
    RAISE EXCEPTION 'a published template version never changes';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER "plan_template_version_kept" BEFORE UPDATE ON "plan_template_version"
FOR EACH ROW EXECUTE FUNCTION "keep_published_version"();
