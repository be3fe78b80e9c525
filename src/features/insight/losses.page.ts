import { ENOUGH } from '../../domain/insight/sample.js';
import type { LossesView, LossPart } from './insight.view.js';
import { moneyNumber, moneyText } from './money.js';
import type { LossFact, LossPartFact } from './outlook.repository.js';
import { drillOf, headOf, stageName, type PageContext } from './page-context.js';
import type { Said } from './words.js';

const REASONS = 30;
/** Of each way to look at a reason, the largest. */
const PARTS = 5;
const UNEXPLAINED = 0.5;

export function lossesPage(
  context: PageContext,
  facts: readonly LossFact[],
  parts: readonly LossPartFact[],
): LossesView {
  const { said } = context;
  const ranked = [...Map.groupBy(facts, (fact) => fact.reason)]
    .map(([reason, own]) => ({
      reason,
      own,
      deals: own.reduce((sum, one) => sum + one.deals, 0),
      money: own.reduce((sum, one) => sum + one.money, 0n),
    }))
    .toSorted((a, b) => b.deals - a.deals);
  const deals = ranked.reduce((count, one) => count + one.deals, 0);
  const money = ranked.reduce((sum, one) => sum + one.money, 0n);
  const { words } = said;
  const named = (reason: string): string => (reason === '' ? words.noReason : reason);
  const unexplained = ranked.find((one) => one.reason === '')?.deals ?? 0;
  const partsOf = Map.groupBy(parts, (part) => part.reason);
  return {
    ...headOf(context, null, {
      sentence: lossSentence(said, { deals, money }, ranked),
      advice: deals > 0 && unexplained >= UNEXPLAINED * deals ? words.lossesAdvice : null,
      tooFew: deals < ENOUGH,
      deals,
      drill: { kind: 'ended', end: 'lost' },
    }),
    reasons: ranked.slice(0, REASONS).map(({ reason, own, ...sum }) => ({
      reason: named(reason),
      deals: sum.deals,
      amount: moneyText(sum.money),
      byStage: byStage(context, reason, own),
      bySeller: largest(context, reason, 'seller', partsOf.get(reason) ?? []),
      byProduct: largest(context, reason, 'product', partsOf.get(reason) ?? []),
      bySource: largest(context, reason, 'source', partsOf.get(reason) ?? []),
      drill: drillOf(context, { kind: 'lostFor', reason }),
    })),
  };
}

function lossSentence(
  said: Said,
  { deals, money }: { readonly deals: number; readonly money: bigint },
  ranked: readonly { readonly reason: string; readonly deals: number }[],
): string {
  const { words } = said;
  const [top] = ranked;
  if (!top) return words.noLosses;
  const tell = [words.deals(deals), said.money(moneyNumber(money))] as const;
  const share = said.percent(top.deals / deals);
  return top.reason === ''
    ? words.lossesUnnamed(...tell, share, ranked[1]?.reason ?? null)
    : words.losses(...tell, top.reason, share);
}

function byStage(
  context: PageContext,
  reason: string,
  facts: readonly LossFact[],
): LossesView['reasons'][number]['byStage'] {
  return facts
    .flatMap(({ stageId, deals }) => (stageId === null ? [] : { stageId, deals }))
    .toSorted((a, b) => b.deals - a.deals)
    .map(({ stageId, deals }) => ({
      stageName: stageName(context, stageId),
      deals,
      drill: drillOf(context, { kind: 'lostFor', reason, fromStage: stageId }),
    }));
}

function largest(
  context: PageContext,
  reason: string,
  by: LossPartFact['by'],
  parts: readonly LossPartFact[],
): readonly LossPart[] {
  return parts
    .filter((part) => part.by === by)
    .toSorted((a, b) => b.deals - a.deals || (a.id < b.id ? -1 : 1))
    .slice(0, PARTS)
    .map(({ id, deals }) => ({
      name: partName(context, by, id),
      deals,
      drill: drillOf(context, { kind: 'lostFor', reason, [by]: id }),
    }));
}

function partName({ names, said }: PageContext, by: LossPartFact['by'], id: string): string {
  const { words } = said;
  if (by === 'seller') return id === '' ? words.nobody : names.user(id);
  if (by === 'product') return id === '' ? words.noProduct : names.product(id);
  return id === '' ? words.noSource : names.source(id);
}
