import { describe, expect, it } from '@jest/globals';
import { portalSeed, readSandboxOptions } from './cli-options.js';

describe('src/sandbox/cli-options.ts', () => {
  it('has a default for everything', () => {
    expect(readSandboxOptions([], 'throw')).toEqual({
      host: 'bitrix24',
      port: 3101,
      tls: false,
      seed: 1,
      deals: 320,
      limits: true,
      language: 'ru',
    });
  });

  it('reads every flag', () => {
    const argv =
      '--host bitrix24 --port 0 --tls --seed 9 --deals 1000000 --limits off --language en --import ../data';
    expect(
      readSandboxOptions(
        [...argv.split(' '), '--app-url', 'http://localhost:3000/', '--state', 'a.gz'],
        'throw',
      ),
    ).toEqual({
      host: 'bitrix24',
      port: 0,
      tls: true,
      seed: 9,
      deals: 1_000_000,
      limits: false,
      language: 'en',
      importFolder: '../data',
      appUrl: 'http://localhost:3000',
      stateFile: 'a.gz',
    });
  });

  it('speaks English with the imported data set unless told otherwise', () => {
    expect(readSandboxOptions(['--import', 'x'], 'throw').language).toBe('en');
    expect(readSandboxOptions(['--import', 'x', '--language', 'ru'], 'throw').language).toBe('ru');
  });

  it('makes another portal of another company, and the same of the same', () => {
    const seeds = [[], ['--deals', '9'], ['--language', 'en'], ['--seed', '2'], ['--import', 'x']].map(
      (argv) => portalSeed(readSandboxOptions(argv, 'throw')),
    );
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(portalSeed(readSandboxOptions(['--port', '0', '--limits', 'off'], 'throw'))).toBe(seeds[0]);
  });

  it.each([
    ['--port', 'eighty', 'It must be a whole number from 0 to 65535.'],
    ['--port', '70000', 'It must be a whole number from 0 to 65535.'],
    ['--deals', '0', 'It must be a whole number from 1 to 1000000.'],
    ['--deals', '-5', 'It must be a whole number from 1 to 1000000.'],
    ['--host', 'salesforce', 'Allowed choices are bitrix24, amocrm.'],
    ['--limits', 'maybe', 'Allowed choices are on, off.'],
    ['--app-url', 'file:///etc', 'It must be an address such as http://localhost:3000.'],
    ['--colour', 'red', "unknown option '--colour'"],
    ['stray', 'words', 'too many arguments'],
  ])('refuses %s %s with a message', (flag, value, message) => {
    expect(() => readSandboxOptions([flag, value], 'throw')).toThrow(message);
  });
});
