import { startAmocrmWorld } from '../support/amocrm-world.js';
import { hostBattery } from './battery.js';

hostBattery('test/contract/kommo', () => startAmocrmWorld({ platform: 'kommo' }));
