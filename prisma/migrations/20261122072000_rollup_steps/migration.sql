-- Counting all visits of a large account held its writes up for minutes: it goes in steps, and is known how far it came.
ALTER TABLE "rollup_state" ADD COLUMN "counted_until" TEXT NOT NULL DEFAULT '';
