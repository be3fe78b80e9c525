-- Where the host's own form asks for a result when a task is completed, the step takes it over: nobody types it twice.
ALTER TABLE "host_task" ADD COLUMN "result" TEXT;
