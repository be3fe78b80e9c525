import { availableParallelism } from 'node:os';

/**
 * As many files as there are cores, for browsers, the product's own processes and PostgreSQL work beside each: with one more
 * clicks missed and kept promises came late. More than four would ask the test server for too many connections.
 */
const SIDE_BY_SIDE = Math.min(4, Math.max(2, availableParallelism()));

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
