import { describe, expect, it } from '@jest/globals';
import type { Jobs } from '../../infra/jobs/jobs.js';
import type { BookTelling } from './book-telling.service.js';
import type { BookWriting } from './book-writing.service.js';
import { BookWorker } from './book.worker.js';

describe('src/features/salesbook/book.worker', () => {
  it('gives every account that is due a job of its own, so that the trouble of one is not that of the others', async () => {
    const handlers = new Map<string, (payload: object) => Promise<void>>();
    const enqueued: unknown[] = [];
    const jobs = {
      handle: ({ name }: { name: string }, handler: (payload: object) => Promise<void>) =>
        handlers.set(name, handler),
      schedule: () => undefined,
      enqueue: async ({ name }: { name: string }, payloads: unknown) => enqueued.push([name, payloads]),
    } as unknown as Jobs;
    const telling = { dueAccounts: async () => ['a', 'b'] } as unknown as BookTelling;
    new BookWorker(jobs, {} as unknown as BookWriting, telling).onModuleInit();
    await handlers.get('salesbook.tick')?.({});
    expect(enqueued).toEqual([['salesbook.tell', [{ accountId: 'a' }, { accountId: 'b' }]]]);
  });
});
