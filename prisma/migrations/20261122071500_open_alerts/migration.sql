-- Open alerts are a list that people look through, newest first; a demoted rule says of what numbers it rests on.
CREATE INDEX "alert_state_idx" ON "alert"("account_id", "state", "at");
ALTER TABLE "alert_rule" ADD COLUMN "demoted_sent" INTEGER, ADD COLUMN "demoted_acted" INTEGER;
