import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { PanelReads } from './panel-reads.service.js';
import { filterOf, PanelBoardQuery, PanelQuery } from './panel.requests.js';
import type { PanelBoardView, PanelPageView } from './panel.view.js';

const ROWS = 100;
const CARDS = 20;

/** The head's control panel: who may see what is decided by the person's reach, not by the route. */
@ApiTags('panel')
@ApiBearerAuth()
@Controller('api/panel')
export class PanelController {
  constructor(private readonly reads: PanelReads) {}

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
    return this.reads.board(person, filterOf(query), query.pipelineId, {
      sort: query.sort ?? 'pain',
      cards: CARDS,
    });
  }
}
