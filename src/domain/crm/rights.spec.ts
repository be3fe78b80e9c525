import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { headOf, mayHandle, reachOf, withHeads, type Structure } from './rights.js';

const company: Structure = {
  departments: [
    { id: 'all', parentId: null, headId: 'boss' },
    { id: 'sales', parentId: 'all', headId: 'head' },
    { id: 'north', parentId: 'sales', headId: 'lead' },
  ],
  users: [
    { id: 'boss', departmentIds: ['all'] },
    { id: 'head', departmentIds: ['sales'] },
    { id: 'lead', departmentIds: ['north'] },
    { id: 'anna', departmentIds: ['north'] },
    { id: 'oleg', departmentIds: ['sales'] },
    { id: 'guest', departmentIds: [] },
  ],
};

describe('src/domain/crm/rights', () => {
  it('lets an administrator handle everything', () => {
    const reach = reachOf({ userId: 'guest', admin: true }, company);
    expect(mayHandle(reach, { ownerId: 'boss' })).toBe(true);
  });

  it('lets a seller handle own deals and nobody else’s', () => {
    const reach = reachOf({ userId: 'anna', admin: false }, company);
    expect(mayHandle(reach, { ownerId: 'anna' })).toBe(true);
    expect(mayHandle(reach, { ownerId: 'oleg' })).toBe(false);
  });

  it('lets a head handle the deals of the department and of those below it', () => {
    const reach = reachOf({ userId: 'head', admin: false }, company);
    expect(['oleg', 'lead', 'anna'].every((ownerId) => mayHandle(reach, { ownerId }))).toBe(true);
    expect(mayHandle(reach, { ownerId: 'boss' })).toBe(false);
  });

  it('lets everybody handle a deal that has no owner', () => {
    expect(mayHandle(reachOf({ userId: 'guest', admin: false }, company), { ownerId: null })).toBe(true);
  });

  it('finds the nearest head who is somebody else', () => {
    expect(headOf('anna', company)).toBe('lead');
    expect(headOf('lead', company)).toBe('head');
    expect(headOf('boss', company)).toBeNull();
    expect(headOf('nobody', company)).toBeNull();
  });

  it('puts the oldest administrator who works here above groups that nothing stands above', () => {
    const person = (id: string, rights: 'admin' | 'none', active = true) => ({
      ...{ id, active, admin: rights === 'admin', departmentIds: ['0'] },
    });
    const users = [
      ...[person('12', 'none'), person('100', 'admin'), person('9', 'admin', false), person('20', 'admin')],
    ];
    const headsIn = (departments: Structure['departments'], people = users): readonly (string | null)[] =>
      ['12', '100', '20'].map((id) => headOf(id, withHeads({ users: people, departments })));
    expect(headsIn([{ id: '0', parentId: null, headId: null }])).toEqual(['20', '20', null]);
    expect(headsIn([{ id: '0', parentId: null, headId: '12' }])).toEqual(['20', '12', '12']);
    const all = { id: 'all', parentId: null, headId: null };
    expect(headsIn([all, { id: '0', parentId: 'all', headId: null }])).toEqual(['20', '20', null]);
    expect(headsIn([all, { id: '0', parentId: 'all', headId: '12' }])).toEqual([null, '12', '12']);
    expect(headsIn([all], [person('12', 'none')])).toEqual([null, null, null]);
  });

  it('ends on any structure, circles included, and always reaches the asker', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd');
    const departments = fc.array(
      fc.record({ id, parentId: fc.option(id, { nil: null }), headId: fc.option(id, { nil: null }) }),
    );
    const users = fc.array(fc.record({ id, departmentIds: fc.array(id) }));
    fc.assert(
      fc.property(departments, users, id, (someDepartments, someUsers, asker) => {
        const structure = { departments: someDepartments, users: someUsers };
        const reach = reachOf({ userId: asker, admin: false }, structure);
        return mayHandle(reach, { ownerId: asker }) && headOf(asker, structure) !== asker;
      }),
    );
  });
});
