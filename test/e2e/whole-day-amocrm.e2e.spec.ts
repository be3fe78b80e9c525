import { describe } from '@jest/globals';
import { itLivesTheDay } from './whole-day/day.js';

describe('test/e2e/whole-day-amocrm', () => itLivesTheDay('amocrm'));
