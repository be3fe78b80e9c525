import { describe, expect, it } from '@jest/globals';
import type { EditorPipelineView } from '../../../../src/features/plans/templates.view.js';
import { likelyPipeline } from './likely-pipeline.js';

function pipeline(id: string, templateId: string | null, ...names: readonly string[]): EditorPipelineView {
  const stages = names.map((name) => ({ id: name, name, kind: 'open' as const }));
  return { id, name: id, openDeals: 0, stages, templateId };
}

const CORPORATE = pipeline('corporate', 'a', 'Lead', 'Offer', 'Contract');
const QUICK = pipeline('quick', 'b', 'Order', 'Payment', 'Delivery');
const FREE = pipeline('free', null, 'New', 'Done');

describe('widgets/src/views/templates/likely-pipeline', () => {
  it('takes the pipeline that the template’s stages come from, though another one is free', () => {
    const stages = ['order ', 'Payment', 'Survey', 'Delivery'];
    expect(likelyPipeline([CORPORATE, FREE, QUICK], stages)?.id).toBe('quick');
  });

  it('takes a free pipeline before one with plans when both have the same stages', () => {
    const twin = { ...QUICK, id: 'twin', templateId: null };
    expect(likelyPipeline([QUICK, twin], ['Order', 'Payment', 'Delivery'])?.id).toBe('twin');
  });

  it('takes the first free one for stages that nobody has, and none when all are taken', () => {
    expect(likelyPipeline([CORPORATE, FREE], ['Hello'])?.id).toBe('free');
    expect(likelyPipeline([CORPORATE, QUICK], ['Hello', 'Offer'])).toBeNull();
  });
});
