import { describe, expect, it } from '@jest/globals';
import type { PanelBoardView, PanelRowView } from '../../../../src/features/pushing/panel.view.js';
import { onTheirWay } from './on-their-way.js';

type Column = PanelBoardView['columns'][number];

function card(dealId: string, stageId: string, aim?: string): PanelRowView {
  const moving = aim === undefined ? {} : { moving: { stageId: aim, stageName: aim } };
  return { dealId, stageId, stageName: stageId, amount: '10', ...moving } as PanelRowView;
}

function column(stageId: string, cards: readonly PanelRowView[], total = cards.length): Column {
  return { stageId, name: stageId, kind: 'open', total, amount: String(10 * total), cards, next: null };
}

const told = (columns: readonly Column[]) =>
  columns.map(({ stageId, total, amount, cards }) => [
    stageId,
    total,
    amount,
    cards.map(({ dealId }) => dealId),
  ]);

describe('widgets/src/views/panel/on-their-way', () => {
  it('shows a card that was asked to move where it goes, and counts it there', () => {
    const columns = [
      column('NEW', [card('1', 'NEW'), card('2', 'NEW', 'WORK')], 12),
      column('WORK', [card('3', 'WORK')]),
    ];
    expect(told(onTheirWay(columns))).toEqual([
      ['NEW', 11, '110', ['1']],
      ['WORK', 2, '20', ['2', '3']],
    ]);
  });

  it('leaves a card where it is when its aim is no column of this board or its own', () => {
    const columns = [column('NEW', [card('1', 'NEW', 'LOSE'), card('2', 'NEW', 'NEW')])];
    expect(told(onTheirWay(columns))).toEqual([['NEW', 2, '20', ['1', '2']]]);
  });
});
