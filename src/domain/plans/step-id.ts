/** Identity of a step inside its plan: its key and its pass. */
export function stepId(stepKey: string, visitSeq: number): string {
  return `${stepKey}#${visitSeq}`;
}
