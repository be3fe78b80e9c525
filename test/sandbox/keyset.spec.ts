import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { at, hook, portalOf } from './portal-harness.js';
import { smallCompany } from './small-company.js';

type Rows = readonly { readonly id: number; readonly title: string }[];

const step = fc.oneof(
  fc.record({ kind: fc.constant('delete'), id: fc.integer({ min: 1, max: 700 }) }),
  fc.record({ kind: fc.constant('rename'), id: fc.integer({ min: 1, max: 700 }) }),
  fc.record({ kind: fc.constant('create'), id: fc.constant(0) }),
);

describe('test/sandbox/keyset', () => {
  it('walks to exactly the deals that there are, as they are, after any changes', async () => {
    const portal = await portalOf({ company: smallCompany(600) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        for (const { kind, id } of steps) {
          const deal = portal.context.deal(id);
          if (kind === 'create') {
            portal.context.createDeal({ title: `New "quoted" \u2028 ${portal.store.deals.size}` }, 1);
          } else if (deal !== undefined && kind === 'delete') {
            portal.context.deleteDeal(id, 1);
          } else if (deal !== undefined) {
            portal.context.updateDeal(id, { title: `${deal.title}!` }, 1);
          }
        }
        const walked: Rows[] = [];
        for (let last = 0; ;) {
          const answer = await hook(portal, 'crm.item.list', {
            entityTypeId: 2,
            start: -1,
            order: { id: 'ASC' },
            filter: { '>id': last },
          });
          const rows = at(answer.body, 'result.items') as Rows;
          walked.push(rows);
          last = rows.at(-1)?.id ?? last;
          if (rows.length < 50) {
            break;
          }
        }
        const expected = [...portal.store.deals].map(({ id, title }) => ({ id, title }));
        expect(walked.flat().map(({ id, title }) => ({ id, title }))).toEqual(expected);
      }),
      { numRuns: 12 },
    );
  });
});
