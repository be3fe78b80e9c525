import { pointerPart } from './file-text.js';
import type {
  Condition,
  FieldRef,
  HandOver,
  OffsetAnchor,
  OwnerRule,
  TemplateBody,
  TemplateStage,
  TemplateStep,
} from '../template.types.js';

/** What a template lost on its way out of the account, and where. */
export interface PortableFault {
  readonly path: string;
  readonly code: PortableFaultCode;
  readonly params: Readonly<Record<string, string | number>>;
}

export type PortableFaultCode = 'userLeftOut' | 'fieldLeftOut' | 'conditionLeftOut';

/** Fields whose values are ids of one account. */
const ID_FIELDS: ReadonlySet<FieldRef> = new Set(['responsible', 'pipeline', 'stage', 'company', 'products']);
/** Fields of one account's host. */
const HOST_FIELD = 'host:';
const RESPONSIBLE: OwnerRule = { kind: 'dealResponsible' };

/**
 * The body without what means something in its own account only: named people become the deal's responsible, fields of
 * the host and conditions on ids are left out. A body without these comes back equal.
 */
export function portableBody(body: TemplateBody): {
  readonly body: TemplateBody;
  readonly warnings: readonly PortableFault[];
} {
  const cleaner = new Cleaner();
  const stages = body.stages.map((stage, at) => cleaner.stage(stage, `/stages/${at}`));
  return { body: { ...body, stages }, warnings: cleaner.warnings };
}

class Cleaner {
  readonly warnings: PortableFault[] = [];

  stage(stage: TemplateStage, path: string): TemplateStage {
    return { ...stage, steps: stage.steps.map((step, at) => this.step(step, `${path}/steps/${at}`)) };
  }

  private step(step: TemplateStep, path: string): TemplateStep {
    const { condition, handOver, ...rest } = step;
    const kept = condition && this.condition(condition, `${path}/condition`);
    return {
      ...rest,
      owner: this.owner(step.owner, `${path}/owner`),
      offset: { ...step.offset, anchor: this.anchor(step.offset.anchor, `${path}/offset/anchor`) },
      ...(kept && { condition: kept }),
      ...(handOver && { handOver: this.handOver(handOver, `${path}/handOver`) }),
    };
  }

  private handOver(handOver: HandOver, path: string): HandOver {
    return { ...handOver, to: this.owner(handOver.to, `${path}/to`) };
  }

  private owner(owner: OwnerRule, path: string): OwnerRule {
    if (owner.kind === 'user') return this.leaveOut(path, 'userLeftOut', owner.userId, RESPONSIBLE);
    if (owner.kind !== 'field' || !owner.field.startsWith(HOST_FIELD)) return owner;
    return this.leaveOut(path, 'fieldLeftOut', owner.field, RESPONSIBLE);
  }

  private anchor(anchor: OffsetAnchor, path: string): OffsetAnchor {
    if (anchor.from !== 'field' || !anchor.field.startsWith(HOST_FIELD)) return anchor;
    return this.leaveOut(path, 'fieldLeftOut', anchor.field, { from: 'stageEntry' });
  }

  /** Null when nothing of it is left. */
  private condition(condition: Condition, path: string): Condition | null {
    if (condition.kind === 'step') return condition;
    if (condition.kind === 'field') {
      if (!condition.field.startsWith(HOST_FIELD) && !ID_FIELDS.has(condition.field)) return condition;
      return this.leaveOut(path, 'conditionLeftOut', condition.field, null);
    }
    if (condition.kind === 'not') {
      const of = this.condition(condition.of, `${path}/of`);
      return of && { kind: 'not', of };
    }
    const of = condition.of.flatMap((part, at) => this.condition(part, `${path}/of${pointerPart(at)}`) ?? []);
    return of.length === 0 && condition.of.length > 0 ? null : { kind: condition.kind, of };
  }

  private leaveOut<Value>(path: string, code: PortableFaultCode, what: string, instead: Value): Value {
    this.warnings.push({ path, code, params: { what } });
    return instead;
  }
}
