import { Injectable, type OnModuleInit } from '@nestjs/common';
import { bookRecorded, bookTouched } from '../../contract/jobs.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { BookTelling } from './book-telling.service.js';
import { bookTick, tellPeople } from './book.jobs.js';
import { BookWriting } from './book-writing.service.js';

/** What the Sales Book hears, and its own round by the clock. */
@Injectable()
export class BookWorker implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly writing: BookWriting,
    private readonly telling: BookTelling,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(bookRecorded, (records) => this.writing.record(records));
    this.jobs.handle(bookTouched, (touched) => this.writing.follow(touched));
    this.jobs.handle(tellPeople, ({ accountId }) => this.telling.tell(accountId));
    this.jobs.handle(bookTick, () => this.tick());
    this.jobs.schedule(bookTick, '* * * * *', {});
  }

  /** A job for each account: one account's trouble does not keep the others waiting. */
  private async tick(): Promise<void> {
    const accountIds = await this.telling.dueAccounts();
    await this.jobs.enqueue(
      tellPeople,
      accountIds.map((accountId) => ({ accountId })),
    );
  }
}
