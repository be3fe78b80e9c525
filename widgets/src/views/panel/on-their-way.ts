import type { PanelBoardView, PanelRowView } from '../../../../src/features/pushing/panel.view.js';

type Column = PanelBoardView['columns'][number];

/**
 * Cards that were asked to move stand where they go, at the top, while the host still has them where they were: a card
 * that was put somewhere does not jump back. Where the column of their aim is not shown they stay.
 */
export function onTheirWay(columns: readonly Column[]): readonly Column[] {
  const shown = new Set(columns.map((column) => column.stageId));
  const aimOf = (card: PanelRowView, column: Column): string => {
    const aim = card.moving?.stageId ?? column.stageId;
    return shown.has(aim) ? aim : column.stageId;
  };
  const coming = Map.groupBy(
    columns.flatMap((column) =>
      column.cards
        .filter((card) => aimOf(card, column) !== column.stageId)
        .map((card) => ({ ...card, stageId: aimOf(card, column), stageName: card.moving?.stageName ?? '' })),
    ),
    (card) => card.stageId,
  );
  return columns.map((column) => {
    const staying = column.cards.filter((card) => aimOf(card, column) === column.stageId);
    const come = coming.get(column.stageId) ?? [];
    const gone = column.cards.filter((card) => aimOf(card, column) !== column.stageId);
    return {
      ...column,
      total: column.total + come.length - gone.length,
      amount: String(Number(column.amount) + sumOf(come) - sumOf(gone)),
      cards: [...come, ...staying],
    };
  });
}

function sumOf(cards: readonly PanelRowView[]): number {
  return cards.reduce((sum, card) => sum + Number(card.amount ?? 0), 0);
}
