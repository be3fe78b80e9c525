-- How the company works: calendars, absences, people's roles, catalogue and reasons, as its administrator sets them up.
CREATE TABLE "company" (
    "account_id" UUID NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "company_pkey" PRIMARY KEY ("account_id")
);

CREATE TABLE "company_part" (
    "account_id" UUID NOT NULL,
    "part" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "body" JSONB NOT NULL,
    "saved_by" TEXT NOT NULL,
    "saved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "company_part_pkey" PRIMARY KEY ("account_id","part")
);

CREATE TABLE "calendar_year" (
    "account_id" UUID NOT NULL,
    "country" TEXT NOT NULL,
    "year" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "days_off" TEXT[],
    "work_days" TEXT[],
    "short_days" TEXT[],
    "imported_by" TEXT NOT NULL,
    "imported_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "calendar_year_pkey" PRIMARY KEY ("account_id","country","year")
);

CREATE TABLE "user_schedule" (
    "account_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "week" JSONB,
    "time_zone" TEXT,

    CONSTRAINT "user_schedule_pkey" PRIMARY KEY ("account_id","user_id")
);

CREATE TABLE "absence" (
    "account_id" UUID NOT NULL,
    "absence_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "from_day" TEXT NOT NULL,
    "to_day" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "deputy_id" TEXT,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "absence_pkey" PRIMARY KEY ("account_id","absence_id")
);

CREATE INDEX "absence_user_idx" ON "absence"("account_id", "user_id", "from_day");

CREATE TABLE "group_turn" (
    "account_id" UUID NOT NULL,
    "group_key" TEXT NOT NULL,
    "turns" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "group_turn_pkey" PRIMARY KEY ("account_id","group_key")
);
