export type * from './template.types.js';
export type * from './plan.types.js';
