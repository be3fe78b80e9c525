import { DayClosings } from './day-closings.service.js';
import { DayController } from './day.controller.js';
import { DayLists } from './day-lists.service.js';
import { DayMessages } from './day-messages.service.js';
import { DayOff } from './day-off.service.js';
import { DayPictures, DayReads } from './day-pictures.service.js';
import { DayReminders } from './day-reminders.service.js';
import { DayRepository } from './day.repository.js';
import { DayParcels, DayRounds } from './day-rounds.service.js';
import { DaySettings } from './day-settings.service.js';
import { DayStepRules } from './day-step-rules.service.js';
import { DayStepsRepository } from './day-steps.repository.js';
import { DayViews } from './day-views.service.js';
import { DayParts, Days } from './day.service.js';
import { DayWorker } from './day.worker.js';
import { ExceptionsRepository } from './exceptions.repository.js';
import { ExceptionsReads } from './exceptions.service.js';
import { ExceptionsViews } from './exceptions-views.service.js';
import { HeadMessages } from './head-messages.service.js';
import { Prompts } from './prompts.service.js';
import { ReviewRepository } from './review.repository.js';
import { Reviews } from './review.service.js';
import { ReviewViews } from './review-views.service.js';

export const DAY_CONTROLLERS = [DayController] as const;

/** The daily cycle: lists, reminders, closings, exceptions, reviews, prompts. */
export const DAY_PROVIDERS = [
  DayClosings,
  DayLists,
  DayMessages,
  DayOff,
  DayParcels,
  DayParts,
  DayPictures,
  DayReads,
  DayReminders,
  DayRepository,
  DayRounds,
  DaySettings,
  DayStepRules,
  DayStepsRepository,
  DayViews,
  DayWorker,
  Days,
  ExceptionsReads,
  ExceptionsRepository,
  ExceptionsViews,
  HeadMessages,
  Prompts,
  ReviewRepository,
  ReviewViews,
  Reviews,
] as const;
