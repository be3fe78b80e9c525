import { startBitrix24World } from '../support/bitrix24-world.js';
import { hostBattery } from './battery.js';

hostBattery('test/contract/bitrix24', () => startBitrix24World());
