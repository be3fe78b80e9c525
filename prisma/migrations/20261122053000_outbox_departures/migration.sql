-- A marked row names the process that marked it, so that one which surely never left need not wait after a crash.
ALTER TABLE "outbox_task" ADD COLUMN "sent_by" TEXT;
