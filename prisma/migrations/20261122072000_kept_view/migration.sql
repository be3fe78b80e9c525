-- The address of a view can be shared: what the view was is kept here under a short key, for as long as the address works.
CREATE TABLE "kept_view" (
    "account_id" UUID NOT NULL,
    "view_key" TEXT NOT NULL,
    "screen" TEXT NOT NULL,
    "state" JSONB NOT NULL,
    "kept_by" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "kept_view_pkey" PRIMARY KEY ("account_id","view_key")
);

-- CreateIndex
CREATE INDEX "kept_view_expires_idx" ON "kept_view"("account_id", "expires_at");
