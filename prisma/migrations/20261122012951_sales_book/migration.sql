-- The Sales Book: an append-only ledger of key events of sales, held by the database itself.
-- CreateTable
CREATE TABLE "book_entry" (
    "account_id" UUID NOT NULL,
    "entry_id" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "kind" TEXT NOT NULL,
    "deal_id" TEXT,
    "by_user" TEXT,
    "by_hand" BOOLEAN NOT NULL,
    "body" JSONB NOT NULL,
    "source_key" TEXT NOT NULL,
    "refers_to" BIGINT,
    "search" TEXT NOT NULL,
    "prev_hash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "book_entry_pkey" PRIMARY KEY ("account_id","entry_id")
);

-- CreateTable
CREATE TABLE "book_head" (
    "account_id" UUID NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "entries" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "book_head_pkey" PRIMARY KEY ("account_id")
);

-- CreateTable
CREATE TABLE "book_plan" (
    "account_id" UUID NOT NULL,
    "entry_id" BIGINT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "remind_at" TIMESTAMPTZ(3),
    "state" TEXT NOT NULL DEFAULT 'open',
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "book_plan_pkey" PRIMARY KEY ("account_id","entry_id")
);

-- CreateTable
CREATE TABLE "book_subscription" (
    "account_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "kinds" TEXT[],
    "channels" TEXT[],

    CONSTRAINT "book_subscription_pkey" PRIMARY KEY ("account_id","user_id","by","subject_id")
);

-- CreateTable
CREATE TABLE "book_told" (
    "account_id" UUID NOT NULL,
    "entry_id" BIGINT NOT NULL,
    "user_id" TEXT NOT NULL,
    "why" TEXT NOT NULL,
    "channels" TEXT[],
    "deal_id" TEXT,
    "due_at" TIMESTAMPTZ(3),
    "told_at" TIMESTAMPTZ(3),

    CONSTRAINT "book_told_pkey" PRIMARY KEY ("account_id","entry_id","user_id","why")
);

-- CreateIndex
CREATE INDEX "book_entry_at_idx" ON "book_entry"("account_id", "at", "entry_id");

-- CreateIndex
CREATE INDEX "book_entry_deal_idx" ON "book_entry"("account_id", "deal_id", "at", "entry_id");

-- CreateIndex
CREATE INDEX "book_entry_refers_idx" ON "book_entry"("account_id", "refers_to");

-- CreateIndex
CREATE UNIQUE INDEX "book_entry_source_key" ON "book_entry"("account_id", "source_key");

-- CreateIndex
CREATE INDEX "book_plan_remind_idx" ON "book_plan"("account_id", "remind_at");

-- CreateIndex
CREATE INDEX "book_told_due_idx" ON "book_told"("account_id", "due_at");

-- CreateIndex
CREATE INDEX "book_told_user_idx" ON "book_told"("account_id", "user_id", "told_at");

-- Entries are never changed, and go only with the whole account.
CREATE FUNCTION book_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND EXISTS (
    SELECT FROM account WHERE account_id = OLD.account_id AND state = 'purging'
  ) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'entries of the Sales Book are never changed nor removed' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER book_entry_stays BEFORE UPDATE OR DELETE ON "book_entry"
  FOR EACH ROW EXECUTE FUNCTION book_entry_stays();

CREATE TRIGGER book_entry_stays_whole BEFORE TRUNCATE ON "book_entry"
  FOR EACH STATEMENT EXECUTE FUNCTION book_entry_stays();
