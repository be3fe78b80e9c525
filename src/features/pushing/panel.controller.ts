import { Body, Controller, Delete, Get, HttpCode, Param, ParseUUIDPipe, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { ApiError } from '../../infra/http/api-error.js';
import { PanelChoices } from './panel-choices.service.js';
import { PanelReads } from './panel-reads.service.js';
import { PanelViewRepository } from './panel-view.repository.js';
import {
  filterOf,
  LastFilterRequest,
  PanelBoardQuery,
  PanelQuery,
  SavedViewRequest,
} from './panel.requests.js';
import type { PanelBoardView, PanelChoicesView, PanelPageView } from './panel.view.js';

const ROWS = 100;
const CARDS = 20;

/** The head's control panel: who may see what is decided by the person's reach, not by the route. */
@ApiTags('panel')
@ApiBearerAuth()
@Controller('api/panel')
export class PanelController {
  constructor(
    private readonly reads: PanelReads,
    private readonly choosing: PanelChoices,
    private readonly saved: PanelViewRepository,
  ) {}

  @Get()
  page(@CurrentSession() person: SessionClaims, @Query() query: PanelQuery): Promise<PanelPageView> {
    return this.reads.page(person, filterOf(query), {
      sort: query.sort ?? 'pain',
      after: query.after ?? null,
      limit: query.limit ?? ROWS,
    });
  }

  @Get('board')
  board(@CurrentSession() person: SessionClaims, @Query() query: PanelBoardQuery): Promise<PanelBoardView> {
    return this.reads.board(person, filterOf(query), query.pipelineId ?? null, {
      sort: query.sort ?? 'pain',
      cards: CARDS,
    });
  }

  @Get('choices')
  choices(@CurrentSession() person: SessionClaims): Promise<PanelChoicesView> {
    return this.choosing.of(person);
  }

  @Put('views/:viewId')
  @HttpCode(204)
  async save(
    @CurrentSession() { accountId, userId }: SessionClaims,
    @Param('viewId', ParseUUIDPipe) viewId: string,
    @Body() { name, filter, sort, shared }: SavedViewRequest,
  ): Promise<void> {
    const view = { id: viewId, name, sort, shared, filter: filterOf(filter) };
    if (!(await this.saved.save(accountId, userId, view))) throw notSaved();
  }

  @Delete('views/:viewId')
  @HttpCode(204)
  remove(
    @CurrentSession() { accountId, userId }: SessionClaims,
    @Param('viewId', ParseUUIDPipe) viewId: string,
  ): Promise<void> {
    return this.saved.remove(accountId, userId, viewId);
  }

  @Put('last')
  @HttpCode(204)
  remember(
    @CurrentSession() { accountId, userId }: SessionClaims,
    @Body() { filter }: LastFilterRequest,
  ): Promise<void> {
    return this.saved.remember(accountId, userId, filterOf(filter));
  }
}

function notSaved(): ApiError {
  return new ApiError(409, 'view-not-saved', {
    ru: 'Не удалось сохранить вид: он чужой, или видов уже слишком много.',
    en: 'The view was not saved: it is somebody else’s, or there are too many already.',
  });
}
