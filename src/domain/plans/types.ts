export type * from './template.types.js';
export type * from './plan.types.js';
export type * from './plan-decision.types.js';
