-- Plans ask for more than tasks: what was asked for is remembered, so that it is carried out once.
ALTER TABLE "plan" ADD COLUMN "purpose" TEXT NOT NULL DEFAULT 'sale';
ALTER TABLE "plan" ADD COLUMN "pauses" JSONB;
ALTER TABLE "plan" ADD COLUMN "overrides" JSONB;
ALTER TABLE "plan" ADD COLUMN "guards" JSONB;

CREATE TABLE "plan_effect" (
    "account_id" UUID NOT NULL,
    "plan_id" UUID NOT NULL,
    "effect_key" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "plan_effect_pkey" PRIMARY KEY ("account_id", "plan_id", "effect_key")
);

CREATE TABLE "planned_people" (
    "account_id" UUID NOT NULL,
    "fingerprint" TEXT NOT NULL,

    CONSTRAINT "planned_people_pkey" PRIMARY KEY ("account_id")
);
