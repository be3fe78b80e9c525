import { describe, expect, it } from '@jest/globals';
import { headsOfGroups } from './group-heads.js';

interface Rights {
  readonly view: 'A' | 'G' | 'M' | 'D';
  readonly group?: number | null;
  readonly admin?: boolean;
  readonly active?: boolean;
  readonly free?: boolean;
}

function user(id: number, { view, group = 5, admin = false, active = true, free = false }: Rights) {
  const flags = { is_admin: admin, is_active: active, is_free: free, group_id: group };
  return { id, rights: { leads: { view }, ...flags } };
}

describe('src/hosts/amocrm/group-heads', () => {
  const sellers = [user(11, { view: 'M' }), user(12, { view: 'M' })];

  it.each([
    ['who sees the group’s deals among people who see their own', [user(1, { view: 'G' })], '1'],
    ['who sees all deals and is no administrator', [user(1, { view: 'A' })], '1'],
    ['who administers the account from within the group', [user(1, { view: 'A', admin: true })], '1'],
    ['who leads before who administers', [user(1, { view: 'A', admin: true }), user(2, { view: 'G' })], '2'],
    ['who is still there', [user(1, { view: 'G', active: false }), user(2, { view: 'G' })], '2'],
    ['who may come in at all', [user(1, { view: 'G', free: true }), user(2, { view: 'G' })], '2'],
  ])('takes the one for the head %s', (_who, leaders, head) => {
    expect(headsOfGroups([...leaders, ...sellers])).toEqual(new Map([['5', head]]));
  });

  it('takes nobody where two may see the same, where everybody sees everything, and where nobody is led', () => {
    expect(headsOfGroups([user(1, { view: 'G' }), user(2, { view: 'G' }), ...sellers])).toEqual(new Map());
    expect(headsOfGroups([user(1, { view: 'A' }), user(2, { view: 'A' })])).toEqual(new Map());
    expect(headsOfGroups([user(1, { view: 'G' })])).toEqual(new Map());
    expect(headsOfGroups(sellers)).toEqual(new Map());
  });

  it('keeps groups apart; who has none belongs to the first', () => {
    const users = [
      user(1, { view: 'G', group: null }),
      user(2, { view: 'M', group: 0 }),
      user(3, { view: 'G', group: 7 }),
      user(4, { view: 'M', group: 7 }),
    ];
    expect(headsOfGroups(users)).toEqual(
      new Map([
        ['0', '1'],
        ['7', '3'],
      ]),
    );
    expect(headsOfGroups([{ id: 'x' }, { rights: null }, {}])).toEqual(new Map());
  });
});
