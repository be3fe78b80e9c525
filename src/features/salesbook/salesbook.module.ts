import { Module } from '@nestjs/common';
import { MirrorModule } from '../../mirror/index.js';
import { OutboxModule } from '../../outbox/index.js';
import { BookAccess } from './book-access.service.js';
import { BookController } from './book.controller.js';
import { BookEntries } from './book-entries.service.js';
import { BookEvents } from './book-events.repository.js';
import { BookExport } from './book-export.service.js';
import { BookFeed } from './book-feed.service.js';
import { BookNotices } from './book-notices.service.js';
import { BookRepository } from './book.repository.js';
import { BookSubscriptions } from './book-subscriptions.service.js';
import { BookMeans } from './book-means.service.js';
import { BookTelling } from './book-telling.service.js';
import { BookToldRepository } from './book-told.repository.js';
import { BookVerdicts } from './book-verdict.service.js';
import { BookWorker } from './book.worker.js';
import { BookWriting } from './book-writing.service.js';

/** The ledger of key events of sales. */
@Module({
  imports: [MirrorModule, OutboxModule],
  controllers: [BookController],
  providers: [
    BookAccess,
    BookEntries,
    BookEvents,
    BookExport,
    BookFeed,
    BookMeans,
    BookNotices,
    BookRepository,
    BookSubscriptions,
    BookTelling,
    BookToldRepository,
    BookVerdicts,
    BookWorker,
    BookWriting,
  ],
})
export class SalesbookModule {}
