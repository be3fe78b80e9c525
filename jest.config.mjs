import { availableParallelism } from 'node:os';

/**
 * Much of the time goes by in other processes (browsers, the product itself, PostgreSQL) and in waiting for them, so one
 * file more than there are cores is under way. More than four would ask the test server for too many connections.
 */
const SIDE_BY_SIDE = Math.min(4, availableParallelism() + 1);

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test', '<rootDir>/widgets'],
  testRegex: '\\.(spec|test)\\.ts$',
  setupFiles: ['reflect-metadata'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  testTimeout: 60000,
  workerIdleMemoryLimit: '1GB',
  maxWorkers: SIDE_BY_SIDE,
};
