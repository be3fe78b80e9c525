import { startAmocrmWorld } from '../support/amocrm-world.js';
import { hostBattery } from './battery.js';

hostBattery('test/contract/amocrm', () => startAmocrmWorld());
hostBattery('test/contract/amocrm with filters', () => startAmocrmWorld({ filters: true }));
