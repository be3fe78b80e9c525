import { Controller, Get, Header, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { notFound } from '../../infra/http/api-error.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import * as tables from './export-tables.js';
import { csvOf, xlsxOf } from './export-files.js';
import { InsightPages } from './insight-pages.service.js';
import { EXPORTED, ExportQuery, filterOf } from './insight.requests.js';
import type { InsightHead } from './insight.view.js';
import { OutlookPages } from './outlook-pages.service.js';
import { StuckService } from './stuck.service.js';

type Exported = (typeof EXPORTED)[number];

const MOST_STUCK = 10_000;
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Pages as files: the same numbers within the same reach, with a sheet that says what they mean. */
@ApiTags('insight')
@ApiBearerAuth()
@Controller('api/insight/export')
export class ExportController {
  constructor(
    private readonly pages: InsightPages,
    private readonly outlook: OutlookPages,
    private readonly stuck: StuckService,
  ) {}

  @Get(':page')
  @Header('cache-control', 'no-store')
  async file(
    @CurrentSession() person: SessionClaims,
    @Param('page') name: string,
    @Query() query: ExportQuery,
  ): Promise<StreamableFile> {
    const page = EXPORTED.find((one) => one === name);
    if (!page) throw noPage();
    const { format = 'csv' } = query;
    const { view, table } = await this.tableOf(person, page, query);
    const note = { title: page, sentence: view.sentence, asOf: view.asOf };
    const xlsx = format === 'xlsx';
    const file = xlsx ? await xlsxOf(table, note, person.language) : csvOf(table, person.language);
    return new StreamableFile(file, {
      type: xlsx ? XLSX : 'text/csv; charset=utf-8',
      disposition: `attachment; filename="${page}.${format}"`,
      length: file.length,
    });
  }

  private async tableOf(
    person: SessionClaims,
    page: Exported,
    query: ExportQuery,
  ): Promise<{ readonly view: InsightHead; readonly table: tables.ExportTable }> {
    const filter = filterOf(query);
    const made = async <View extends InsightHead>(
      view: Promise<View>,
      table: (view: View) => tables.ExportTable,
    ) => {
      const done = await view;
      return { view: done, table: table(done) };
    };
    switch (page) {
      case 'funnel':
        return made(this.pages.funnel(person, filter), tables.funnelTable);
      case 'stages':
        return made(this.pages.stages(person, filter), tables.stagesTable);
      case 'stuck':
        return made(this.stuck.page(person, filter, [], null, MOST_STUCK), tables.stuckTable);
      case 'weakest':
        return made(this.pages.weakest(person, filter), tables.weakestTable);
      case 'sellers':
        return made(this.outlook.sellers(person, filter), tables.sellersTable);
      case 'forecast':
        return made(this.outlook.forecast(person, filter, query.target ?? null), tables.forecastTable);
      case 'clients':
        return made(this.outlook.clients(person, filter), tables.clientsTable);
      case 'losses':
        return made(this.outlook.losses(person, filter), tables.lossesTable);
    }
  }
}

function noPage(): Error {
  return notFound({ ru: 'Такой страницы для выгрузки нет.', en: 'There is no such page to export.' });
}
