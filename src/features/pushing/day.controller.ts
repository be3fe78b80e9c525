import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import {
  ExceptionsQuery,
  ItemRequest,
  itemRequestOf,
  OffDaysQuery,
  PromptRequest,
  RemindersRequest,
  ReviewQuery,
  SettingsRequest,
} from './day.requests.js';
import { DayOff } from './day-off.service.js';
import { DaySettings } from './day-settings.service.js';
import { DayViews } from './day-views.service.js';
import { Days } from './day.service.js';
import type {
  DayAnswer,
  DaySettingsView,
  DayView,
  ExceptionsView,
  OffDaysView,
  ReviewView,
} from './day.view.js';
import { ExceptionsViews } from './exceptions-views.service.js';
import { ReviewViews } from './review-views.service.js';

/** The daily cycle: everybody's own day, the head's evening, the week. */
@ApiTags('day')
@ApiBearerAuth()
@Controller('api/day')
export class DayController {
  constructor(
    private readonly views: DayViews,
    private readonly days: Days,
    private readonly exceptions: ExceptionsViews,
    private readonly reviews: ReviewViews,
    private readonly settings: DaySettings,
    private readonly off: DayOff,
  ) {}

  @Get()
  mine(@CurrentSession() person: SessionClaims): Promise<DayView> {
    return this.views.view(person);
  }

  @Post('items/:itemId')
  @HttpCode(200)
  tell(
    @CurrentSession() person: SessionClaims,
    @Param('itemId') itemId: string,
    @Body() request: ItemRequest,
  ): Promise<DayAnswer> {
    return this.days.tell(person, itemId, itemRequestOf(request));
  }

  @Post('close')
  @HttpCode(200)
  close(@CurrentSession() person: SessionClaims): Promise<DayAnswer> {
    return this.days.close(person);
  }

  @Post('prompts/:dealId')
  @HttpCode(200)
  prompt(
    @CurrentSession() person: SessionClaims,
    @Param('dealId') dealId: string,
    @Body() { action }: PromptRequest,
  ): Promise<DayAnswer> {
    return this.days.prompt(person, dealId, action);
  }

  @Put('reminders')
  remind(@CurrentSession() person: SessionClaims, @Body() { on }: RemindersRequest): Promise<DayAnswer> {
    return this.days.remind(person, on);
  }

  @Get('exceptions')
  headsPage(
    @CurrentSession() person: SessionClaims,
    @Query() { date }: ExceptionsQuery,
  ): Promise<ExceptionsView> {
    return this.exceptions.view(person, date);
  }

  @Get('review')
  week(@CurrentSession() person: SessionClaims, @Query() { week }: ReviewQuery): Promise<ReviewView> {
    return this.reviews.view(person, week);
  }

  @Get('off-days')
  offDays(
    @CurrentSession() person: SessionClaims,
    @Query() { userId, everybody }: OffDaysQuery,
  ): Promise<OffDaysView> {
    return this.off.view(
      person,
      everybody === 'true' ? { everybody: true } : { userId: userId ?? person.userId },
    );
  }

  @Get('settings')
  read(@CurrentSession() person: SessionClaims): Promise<DaySettingsView> {
    return this.settings.view(person);
  }

  @Put('settings')
  save(@CurrentSession() person: SessionClaims, @Body() request: SettingsRequest): Promise<DaySettingsView> {
    return this.settings.save(person, request);
  }
}
