import { readFieldRef } from '../../domain/plans/field-ref.js';
import type { Condition, OwnerRule, TemplateBody } from '../../domain/plans/types.js';

/** Keys of the host's own fields that a template names, each once: conditions, owners, hand-overs and deadlines. */
export function hostFieldsOf({ stages }: TemplateBody): readonly string[] {
  const refs = stages.flatMap((stage) =>
    stage.steps.flatMap(({ owner, handOver, offset, condition }) => [
      ...ofOwner(owner),
      ...(handOver ? ofOwner(handOver.to) : []),
      ...(offset.anchor.from === 'field' ? [offset.anchor.field] : []),
      ...(condition ? ofCondition(condition) : []),
    ]),
  );
  const keys = refs.flatMap((ref) => {
    const read = readFieldRef(ref);
    return read?.kind === 'host' ? [read.key] : [];
  });
  return [...new Set(keys)];
}

function ofOwner(rule: OwnerRule): readonly string[] {
  return rule.kind === 'field' ? [rule.field] : [];
}

function ofCondition(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'field':
      return [condition.field];
    case 'not':
      return ofCondition(condition.of);
    case 'step':
      return [];
    default:
      return condition.of.flatMap(ofCondition);
  }
}
