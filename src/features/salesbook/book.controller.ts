import { Body, Controller, Get, Header, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { BookAccess, noEntry } from './book-access.service.js';
import { BookEntries } from './book-entries.service.js';
import { BookExport } from './book-export.service.js';
import { BookFeed } from './book-feed.service.js';
import { BookSubscriptions } from './book-subscriptions.service.js';
import { BookVerdicts } from './book-verdict.service.js';
import {
  BookDealsQuery,
  BookFilterQuery,
  BookQuery,
  NewEntryRequest,
  PlannedEndRequest,
  SubscriptionsRequest,
} from './book.requests.js';
import type {
  BookChoicesView,
  BookDealsView,
  BookSubscriptionsView,
  BookVerdictView,
  BookView,
} from './salesbook.view.js';

const ENTRIES = 50;

/** The Sales Book: everybody reads and writes about the deals within reach. */
@ApiTags('book')
@ApiBearerAuth()
@Controller('api/book')
export class BookController {
  constructor(
    private readonly feed: BookFeed,
    private readonly entries: BookEntries,
    private readonly subscriptions: BookSubscriptions,
    private readonly exporting: BookExport,
    private readonly verdicts: BookVerdicts,
    private readonly access: BookAccess,
  ) {}

  @Get()
  read(@CurrentSession() person: SessionClaims, @Query() query: BookQuery): Promise<BookView> {
    const { after, limit, ...filter } = query;
    return this.feed.page(person, filter, { after: after ?? null, limit: limit ?? ENTRIES });
  }

  @Post()
  @HttpCode(201)
  async write(
    @CurrentSession() person: SessionClaims,
    @Body() request: NewEntryRequest,
  ): Promise<{ readonly id: string }> {
    return { id: await this.entries.write(person, request) };
  }

  @Put('entries/:entryId/planned')
  @HttpCode(204)
  async settle(
    @CurrentSession() person: SessionClaims,
    @Param('entryId') entryId: string,
    @Body() end: PlannedEndRequest,
  ): Promise<void> {
    if (!/^\d{1,18}$/.test(entryId)) throw noEntry();
    await this.entries.settle(person, entryId, end);
  }

  @Get('choices')
  choices(@CurrentSession() person: SessionClaims): Promise<BookChoicesView> {
    return this.subscriptions.choices(person);
  }

  @Get('deals')
  deals(@CurrentSession() person: SessionClaims, @Query() { q }: BookDealsQuery): Promise<BookDealsView> {
    return this.subscriptions.deals(person, q ?? '');
  }

  @Get('subscriptions')
  subscribed(@CurrentSession() person: SessionClaims): Promise<BookSubscriptionsView> {
    return this.subscriptions.list(person);
  }

  @Put('subscriptions')
  @HttpCode(204)
  subscribe(@CurrentSession() person: SessionClaims, @Body() { own }: SubscriptionsRequest): Promise<void> {
    return this.subscriptions.save(person, own);
  }

  @Get('export')
  @Header('content-type', 'text/csv; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="sales-book.csv"')
  export(@CurrentSession() person: SessionClaims, @Query() query: BookFilterQuery): Promise<string> {
    return this.exporting.csv(person, query);
  }

  @Get('verify')
  async verify(@CurrentSession() person: SessionClaims): Promise<BookVerdictView> {
    await this.access.demandHead(person);
    return this.verdicts.of(person.accountId);
  }
}
