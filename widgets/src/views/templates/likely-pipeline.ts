import type { EditorPipelineView } from '../../../../src/features/plans/templates.view.js';

/** With fewer of its stages in the template a pipeline is no likelier than any other. */
const ENOUGH_SHARE = 0.5;

/**
 * Where a template that has just been published is most likely wanted: the pipeline whose stages it has, a free one
 * before one that has plans; else the first free one; null when the person has to choose.
 */
export function likelyPipeline(
  pipelines: readonly EditorPipelineView[],
  stageNames: readonly string[],
): EditorPipelineView | null {
  const known = new Set(stageNames.map(plain));
  const share = ({ stages }: EditorPipelineView): number =>
    stages.filter(({ name }) => known.has(plain(name))).length / Math.max(stages.length, 1);
  const taken = ({ templateId }: EditorPipelineView): number => (templateId === null ? 0 : 1);
  const [best] = pipelines
    .filter((one) => share(one) >= ENOUGH_SHARE)
    .toSorted((a, b) => share(b) - share(a) || taken(a) - taken(b));
  return best ?? pipelines.find((one) => one.templateId === null) ?? null;
}

function plain(name: string): string {
  return name.trim().toLowerCase();
}
