import { describe, it, expect } from '@jest/globals';
import { at, hook, portalOf } from './portal-harness.js';
import { smallCompany } from './small-company.js';

function page(previous: string | null): string {
  const after = previous === null ? '0' : `$result[${previous}][items][49][id]`;
  return `crm.item.list?entityTypeId=2&start=-1&order[id]=ASC&select[]=id&filter[%3Eid]=${after}`;
}

function ids(items: unknown): number[] {
  return (items as { id: number }[]).map((row) => row.id);
}

describe('test/sandbox/batch', () => {
  it('chains keyset pages through references', async () => {
    const portal = await portalOf({ company: smallCompany(120) });
    const answer = await hook(portal, 'batch', { cmd: { a: page(null), b: page('a'), c: page('b') } });
    const all = ['a', 'b', 'c'].flatMap((key) => ids(at(answer.body, `result.result.${key}.items`)));
    expect(all).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
  });

  it('starts again from the beginning after a short page, as an empty reference makes it', async () => {
    const portal = await portalOf({ company: smallCompany(60) });
    const answer = await hook(portal, 'batch', { cmd: { a: page(null), b: page('a'), c: page('b') } });
    expect(ids(at(answer.body, 'result.result.b.items')).length).toBe(10);
    expect(ids(at(answer.body, 'result.result.c.items'))[0]).toBe(1);
  });

  it('answers a list for keys 0..n-1 and an object when an error sits in between', async () => {
    const portal = await portalOf();
    const clean = await hook(portal, 'batch', { cmd: ['profile', 'server.time'] });
    expect(Array.isArray(at(clean.body, 'result.result'))).toBe(true);
    const broken = await hook(portal, 'batch', { cmd: ['profile', 'no.such', 'server.time'] });
    expect(Object.keys(at(broken.body, 'result.result') as object)).toEqual(['0', '2']);
    expect(Array.isArray(at(broken.body, 'result.result'))).toBe(false);
    expect(at(broken.body, 'result.result_error.1.error')).toBe('ERROR_METHOD_NOT_FOUND');
    const first = await hook(portal, 'batch', { cmd: ['no.such', 'profile'] });
    expect(Array.isArray(at(first.body, 'result.result_error'))).toBe(true);
  });

  it('stops at the first failure with halt', async () => {
    const portal = await portalOf();
    const answer = await hook(portal, 'batch', { halt: 1, cmd: { a: 'no.such', b: 'profile' } });
    expect(answer.status).toBe(200);
    expect(at(answer.body, 'result.result')).toEqual([]);
    expect(Object.keys(at(answer.body, 'result.result_error') as object)).toEqual(['a']);
  });

  it('refuses a batch inside a batch and every command after the fiftieth', async () => {
    const portal = await portalOf();
    const cmd = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'server.time']));
    const long = await hook(portal, 'batch', { cmd });
    expect(at(long.body, 'result.result_error.k50.error')).toBe('ERROR_BATCH_LENGTH_EXCEEDED');
    expect(at(long.body, 'result.result.k49')).toBeDefined();
    const nested = await hook(portal, 'batch', { cmd: { a: 'batch?cmd[x]=profile' } });
    expect(at(nested.body, 'result.result_error.a.error')).toBe('ERROR_BATCH_METHOD_NOT_ALLOWED');
  });

  it('passes an id of a created row on to the next command', async () => {
    const portal = await portalOf();
    const answer = await hook(portal, 'batch', {
      cmd: {
        task: 'tasks.task.add?fields[TITLE]=Call&fields[RESPONSIBLE_ID]=2&fields[UF_CRM_TASK][]=D_1',
        done: 'tasks.task.complete?taskId=$result[task][task][id]',
      },
    });
    expect(at(answer.body, 'result.result.done.task.status')).toBe('5');
  });
});
