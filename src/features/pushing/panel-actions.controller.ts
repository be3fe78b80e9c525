import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { actionOf, PanelActionRequest, PanelUndoRequest } from './panel-action.requests.js';
import { PanelActions } from './panel-actions.service.js';
import { PanelDrawer } from './panel-drawer.service.js';
import { PanelUndo } from './panel-undo.service.js';
import type { PanelActionAnswer, PanelDrawerView } from './panel.view.js';

/** What people do to deals in the panel, and one deal seen closely. */
@ApiTags('panel')
@ApiBearerAuth()
@Controller('api/panel')
export class PanelActionsController {
  constructor(
    private readonly actions: PanelActions,
    private readonly undoing: PanelUndo,
    private readonly drawer: PanelDrawer,
  ) {}

  @Get('deals/:dealId')
  deal(@CurrentSession() person: SessionClaims, @Param('dealId') dealId: string): Promise<PanelDrawerView> {
    return this.drawer.of(person, dealId);
  }

  @Post('actions')
  @HttpCode(200)
  act(@CurrentSession() person: SessionClaims, @Body() body: PanelActionRequest): Promise<PanelActionAnswer> {
    return this.actions.run(person, actionOf(body));
  }

  @Post('undo')
  @HttpCode(200)
  undo(
    @CurrentSession() person: SessionClaims,
    @Body() { undo }: PanelUndoRequest,
  ): Promise<PanelActionAnswer> {
    return this.undoing.undo(person, undo);
  }
}
