import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  dealAddress,
  DEALS,
  LEADS,
  stageIdOf,
  stageKindOf,
  toDeal,
  toDepartment,
  toProduct,
  toStage,
  toTask,
  toTransition,
  toUser,
} from './mapper.js';

describe('src/hosts/bitrix24/mapper', () => {
  it('reads a deal of a second funnel', () => {
    const row = {
      id: 57,
      title: 'Станок',
      categoryId: 3,
      stageId: 'C3:WON',
      stageSemanticId: 'S',
      assignedById: 12,
      opportunity: 1500.5,
      currencyId: 'RUB',
      sourceId: 'CALL',
      companyId: 0,
      contactId: null,
      createdTime: '2026-01-01T03:00:00+03:00',
      updatedTime: '2026-01-02T03:00:00+03:00',
      movedTime: '2026-01-02T03:00:00+03:00',
      lastActivityTime: '',
    };
    expect(toDeal(row, DEALS)).toEqual({
      id: 'D_57',
      title: 'Станок',
      pipelineId: 'D_3',
      stageId: 'C3:WON',
      stageKind: 'won',
      ownerId: '12',
      amount: '1500.5',
      currency: 'RUB',
      sourceId: 'CALL',
      companyId: null,
      contactId: null,
      createdAt: Date.UTC(2026, 0, 1),
      modifiedAt: Date.UTC(2026, 0, 2),
      stageSince: Date.UTC(2026, 0, 2),
      lastActivityAt: null,
      productIds: null,
      tags: [],
      lossReason: null,
      fields: {},
    });
  });

  it('reads a lead as a deal of the pipeline of leads', () => {
    const row = { id: '5', stageId: 'JUNK', stageSemanticId: null };
    expect(toDeal(row, LEADS)).toMatchObject({
      id: 'L_5',
      pipelineId: 'L',
      stageId: 'JUNK',
      stageKind: 'lost',
    });
  });

  it.each([
    ['WON', 'D_0', 'WON'],
    ['WON', 'D_3', 'C3:WON'],
    ['C3:WON', 'D_3', 'C3:WON'],
    ['NEW', 'L', 'NEW'],
    [null, 'D_3', ''],
  ])('writes the stage %s of pipeline %s as %s', (code, pipeline, stage) => {
    expect(stageIdOf(code, pipeline)).toBe(stage);
  });

  it.each([
    ['P', 'C1:NEW', 'open'],
    ['S', 'C1:ANY', 'won'],
    ['F', 'C1:ANY', 'lost'],
    ['apology', 'ANY', 'lost'],
    [null, 'C1:WON', 'won'],
    [undefined, 'LOSE', 'lost'],
    ['toString', 'C1:UC_1', 'open'],
  ])('takes semantics %s of stage %s for %s', (semantics, stage, kind) => {
    expect(stageKindOf(semantics, stage)).toBe(kind);
  });

  it('reads a task with text for numbers and its link to a deal', () => {
    const row = {
      id: '9',
      title: 'Позвонить',
      responsibleId: '12',
      status: '5',
      deadline: null,
      closedDate: '2026-01-02T03:00:00+03:00',
      closedBy: '1',
      changedDate: '2026-01-02T03:00:00+03:00',
      ufCrmTask: ['C_1', 'L_4', 'D_57'],
      xmlId: 'key-1',
    };
    expect(toTask(row)).toEqual({
      id: '9',
      dealId: 'D_57',
      title: 'Позвонить',
      ownerId: '12',
      state: 'completed',
      dueAt: null,
      completedAt: Date.UTC(2026, 0, 2),
      completedBy: '1',
      modifiedAt: Date.UTC(2026, 0, 2),
      ourKey: 'key-1',
    });
  });

  it('forgets who closed a task that is open again', () => {
    const row = {
      id: '9',
      status: 2,
      closedDate: '2026-01-02T03:00:00+03:00',
      closedBy: '1',
      ufCrmTask: false,
    };
    expect(toTask(row)).toMatchObject({ state: 'open', completedAt: null, completedBy: null, dealId: null });
  });

  it('takes the overdue pseudo status for an open task', () => {
    expect(toTask({ id: '9', status: '-1' })?.state).toBe('open');
  });

  it('reads stage history of deals and of leads with their different names', () => {
    const at = '2026-01-02T03:00:00+03:00';
    const deal = {
      ID: 8,
      OWNER_ID: 57,
      CREATED_TIME: at,
      CATEGORY_ID: 3,
      STAGE_ID: 'NEW',
      STAGE_SEMANTIC_ID: 'P',
    };
    const lead = { ID: 8, OWNER_ID: 5, CREATED_TIME: at, STATUS_ID: 'CONVERTED', STATUS_SEMANTIC_ID: 'S' };
    expect(toTransition(deal, DEALS)).toMatchObject({ dealId: 'D_57', stageId: 'C3:NEW', hostId: 'D_8' });
    expect(toTransition(lead, LEADS)).toMatchObject({ dealId: 'L_5', stageKind: 'won', hostId: 'L_8' });
  });

  it('reads people, departments, products and stages', () => {
    expect(
      toUser({ ID: '3', NAME: 'Анна', LAST_NAME: '', ACTIVE: true, UF_DEPARTMENT: [1, 2], EMAIL: {} }),
    ).toMatchObject({ id: '3', name: 'Анна', active: true, departmentIds: ['1', '2'], email: null });
    expect(toDepartment({ ID: '2', NAME: 'Север', SORT: '10', PARENT: '1', UF_HEAD: '0' })).toEqual({
      id: '2',
      name: 'Север',
      sort: 10,
      parentId: '1',
      headId: null,
    });
    expect(toProduct({ ID: '4', NAME: 'X', PRICE: '10.5', ACTIVE: 'N' })).toMatchObject({
      price: 10.5,
      active: false,
    });
    expect(
      toStage({ STATUS_ID: 'NEW', NAME: 'Новая', SORT: '20', EXTRA: { COLOR: '39A8EF' } }, 'D_1'),
    ).toEqual({
      pipelineId: 'D_1',
      id: 'C1:NEW',
      name: 'Новая',
      sort: 20,
      kind: 'open',
      color: '#39a8ef',
    });
  });

  it('never breaks on a row of any shape', () => {
    const row = fc.dictionary(
      fc.constantFrom(
        'id',
        'ID',
        'title',
        'status',
        'ufCrmTask',
        'EXTRA',
        'UF_DEPARTMENT',
        'stageId',
        'OWNER_ID',
      ),
      fc.anything({ maxDepth: 2 }),
    );
    fc.assert(
      fc.property(row, (value) => {
        for (const decode of [toTask, toUser, toDepartment, toProduct]) decode(value);
        toDeal(value, DEALS);
        toTransition(value, LEADS);
        toStage(value, 'D_0');
      }),
    );
  });

  it('addresses deals and leads only by ids of its own', () => {
    expect(dealAddress('D_57')).toEqual({ source: DEALS, hostId: '57' });
    expect(['57', 'X_1', 'D_', 'D_1;2', ''].map(dealAddress)).toEqual([null, null, null, null, null]);
  });
});
