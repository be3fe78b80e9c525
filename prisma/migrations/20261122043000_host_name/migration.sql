-- Pages showed companies, contacts and sources by their ids: names of those that are shown, as the host gives them.
-- CreateTable
CREATE TABLE "host_name" (
    "account_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "record_id" TEXT NOT NULL,
    "name" TEXT,
    "read_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "host_name_pkey" PRIMARY KEY ("account_id","kind","record_id")
);
