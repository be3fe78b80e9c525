import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { until } from '../../test/support/until.js';
import { AccountQueue } from './account-queue.js';

function noFault(): void {
  throw new Error('no fault was expected');
}

describe('src/mirror/account-queue', () => {
  it('runs one account never twice at once, and once more when it was asked for meanwhile', async () => {
    let runs = 0;
    let atOnce = 0;
    let most = 0;
    const queue = new AccountQueue(
      4,
      async () => {
        runs++;
        most = Math.max(most, ++atOnce);
        await sleep(5);
        atOnce--;
      },
      noFault,
    );
    for (let time = 0; time < 10; time++) queue.ask('a');
    await until(() => runs === 2);
    await queue.stop();
    expect({ runs, most }).toEqual({ runs: 2, most: 1 });
  });

  it('keeps the number of accounts at work within its width', async () => {
    const done: string[] = [];
    let atOnce = 0;
    let most = 0;
    const queue = new AccountQueue(
      2,
      async (account) => {
        most = Math.max(most, ++atOnce);
        await sleep(2);
        atOnce--;
        done.push(account);
      },
      noFault,
    );
    for (const account of ['a', 'b', 'c', 'd', 'e']) queue.ask(account);
    await until(() => done.length === 5);
    expect(done.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(most).toBe(2);
  });

  it('goes on with the others when the work of one fails', async () => {
    const faults: string[] = [];
    const done: string[] = [];
    const queue = new AccountQueue(
      1,
      async (account) => {
        if (account === 'a') throw new Error('poison');
        done.push(account);
      },
      (account) => faults.push(account),
    );
    queue.ask('a');
    queue.ask('b');
    await until(() => done.length > 0);
    expect({ faults, done }).toEqual({ faults: ['a'], done: ['b'] });
  });

  it('waits at its end for what runs and starts nothing more', async () => {
    const done: string[] = [];
    const queue = new AccountQueue(
      1,
      async (account) => {
        await sleep(5);
        done.push(account);
      },
      noFault,
    );
    queue.ask('a');
    queue.ask('b');
    await queue.stop();
    await sleep(15);
    expect(done).toEqual(['a']);
  });
});
