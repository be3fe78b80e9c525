import { namedReferences, referencesOf } from './template-index.js';
import type { TemplateBody, TemplateStep } from './template.types.js';
import type { TemplateErrorCode, TemplateFault } from './template-fault.js';
import { TEMPLATE_LIMITS } from './template-limits.js';

interface Placed {
  readonly step: TemplateStep;
  readonly path: string;
  readonly stageAt: number;
}

/** Faults between the parts of a template whose parts are sound: keys, references, cycles, chains, counts. */
export function checkGraph(body: TemplateBody): readonly TemplateFault[] {
  const placed = placedSteps(body);
  const faults = [...duplicates(body, placed), ...badPurpose(body)];
  if (placed.length > TEMPLATE_LIMITS.steps)
    faults.push(fault('/stages', 'tooMany', { limit: TEMPLATE_LIMITS.steps }));
  const byKey = new Map(placed.map((item) => [item.step.key, item]));
  for (const item of placed) faults.push(...badReferences(item, byKey));
  if (faults.length === 0) faults.push(...badChains(placed, byKey));
  return faults;
}

function badPurpose(body: TemplateBody): readonly TemplateFault[] {
  if (body.purpose !== 'afterSale') {
    const hasOpen = body.stages.some((stage) => stage.kind === 'open');
    return hasOpen ? [] : [fault('/stages', 'noOpenStage')];
  }
  const faults = body.stages.length === 0 ? [fault('/stages', 'empty')] : [];
  if ((body.afterWon ?? []).length > 0) faults.push(fault('/afterWon', 'onlyForSale'));
  body.stages.forEach(({ kind, guard }, at) => {
    if (kind !== 'open' && kind !== 'afterSale')
      faults.push(fault(`/stages/${at}/kind`, 'stageKindNotAllowed', { kind }));
    if (guard !== undefined && guard !== 'off') faults.push(fault(`/stages/${at}/guard`, 'onlyForSale'));
  });
  return faults;
}

function placedSteps(body: TemplateBody): readonly Placed[] {
  return body.stages.flatMap((stage, stageAt) =>
    stage.steps.map((step, at) => ({ step, stageAt, path: `/stages/${stageAt}/steps/${at}` })),
  );
}

function duplicates(body: TemplateBody, placed: readonly Placed[]): TemplateFault[] {
  const stages = body.stages.map((stage, at) => ({ key: stage.key, path: `/stages/${at}/key` }));
  const steps = placed.map((item) => ({ key: item.step.key, path: `${item.path}/key` }));
  return [stages, steps].flatMap((items) => {
    const seen = new Set<string>();
    return items.flatMap(({ key, path }) => {
      if (!seen.has(key)) return seen.add(key) && [];
      return [fault(path, 'duplicateKey', { key })];
    });
  });
}

function badReferences(item: Placed, byKey: ReadonlyMap<string, Placed>): readonly TemplateFault[] {
  return namedReferences(item.step).flatMap(({ key, at }) => {
    const path = `${item.path}${at}`;
    const target = byKey.get(key);
    if (!target) return [fault(path, 'unknownStep', { key })];
    if (target.step.key === item.step.key) return [fault(path, 'cycle', { key })];
    return target.stageAt > item.stageAt ? [fault(path, 'laterStage', { key })] : [];
  });
}

/** Longest chain behind each step; a step met again on its own chain is a cycle. */
function badChains(placed: readonly Placed[], byKey: ReadonlyMap<string, Placed>): readonly TemplateFault[] {
  const lengths = new Map<string, number>();
  const onChain = new Set<string>();
  const faults: TemplateFault[] = [];
  const lengthOf = (item: Placed): number => {
    const known = lengths.get(item.step.key);
    if (known !== undefined) return known;
    if (onChain.has(item.step.key)) {
      faults.push(fault(`${item.path}/prerequisites`, 'cycle', { key: item.step.key }));
      return 0;
    }
    onChain.add(item.step.key);
    const behind = referencesOf(item.step)
      .map((key) => byKey.get(key))
      .filter((other) => other !== undefined);
    const length = 1 + Math.max(0, ...behind.map(lengthOf));
    lengths.set(item.step.key, length);
    return length;
  };
  for (const item of placed) {
    if (lengthOf(item) <= TEMPLATE_LIMITS.chain) continue;
    faults.push(fault(`${item.path}/prerequisites`, 'chainTooLong', { limit: TEMPLATE_LIMITS.chain }));
  }
  return faults;
}

function fault(path: string, code: TemplateErrorCode, params: TemplateFault['params'] = {}): TemplateFault {
  return { level: 'error', path, code, params };
}
