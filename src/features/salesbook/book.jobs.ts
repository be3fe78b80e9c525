import { defineJob } from '../../infra/jobs/job.js';

/** Tells people of what was written down and is to be told by now. */
export const tellPeople = defineJob<{ readonly accountId: string }>({
  name: 'salesbook.tell',
  singleton: (job) => job.accountId,
});

/** Every minute: finds accounts where somebody is to be told or reminded. */
export const bookTick = defineJob<object>({ name: 'salesbook.tick' });
