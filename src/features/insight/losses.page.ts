import { ENOUGH } from '../../domain/insight/sample.js';
import type { LossesView } from './insight.view.js';
import { moneyNumber, moneyText } from './money.js';
import type { LossFact } from './outlook.repository.js';
import { drillOf, headOf, stageName, type PageContext } from './page-context.js';

const REASONS = 30;
const UNEXPLAINED = 0.5;

export function lossesPage(
  context: PageContext,
  facts: readonly LossFact[],
  money: ReadonlyMap<string, { readonly deals: number; readonly money: bigint }>,
): LossesView {
  const { said } = context;
  const ranked = [...money].toSorted(([, a], [, b]) => b.deals - a.deals);
  const deals = ranked.reduce((count, [, sum]) => count + sum.deals, 0);
  const all = ranked.reduce((sum, [, one]) => sum + one.money, 0n);
  const [top] = ranked;
  const { words } = said;
  const named = (reason: string): string => (reason === '' ? words.noReason : reason);
  const unexplained = money.get('')?.deals ?? 0;
  return {
    ...headOf(context, null, {
      sentence: top
        ? words.losses(
            words.deals(deals),
            said.money(moneyNumber(all)),
            named(top[0]),
            said.percent(top[1].deals / deals),
          )
        : words.noLosses,
      advice: deals > 0 && unexplained >= UNEXPLAINED * deals ? words.lossesAdvice : null,
      tooFew: deals < ENOUGH,
      deals,
    }),
    reasons: ranked.slice(0, REASONS).map(([reason, sum]) => ({
      reason: named(reason),
      deals: sum.deals,
      amount: moneyText(sum.money),
      byStage: byStage(
        context,
        facts.filter((fact) => fact.reason === reason),
      ),
      drill: drillOf(context, { kind: 'lostFor', reason }),
    })),
  };
}

function byStage(context: PageContext, facts: readonly LossFact[]): LossesView['reasons'][number]['byStage'] {
  const counts = new Map<string, number>();
  for (const { stageId, deals } of facts) {
    if (stageId !== null) counts.set(stageId, (counts.get(stageId) ?? 0) + deals);
  }
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([stageId, deals]) => ({ stageName: stageName(context, stageId), deals }));
}
