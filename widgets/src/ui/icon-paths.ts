/** 16 × 16 outlines. Every state has its own shape: colour alone says nothing to one man in twelve. */
export const iconPaths = {
  done: 'M3 8.5l3.2 3.2L13 5',
  skipped: 'M3 4l5 4-5 4V4zm6 0l5 4-5 4V4z',
  failed: 'M4 4l8 8M12 4l-8 8',
  cancelled: 'M3.8 3.8l8.4 8.4M8 2a6 6 0 100 12A6 6 0 008 2z',
  actionable: 'M5.5 3.5l6 4.5-6 4.5z',
  waiting: 'M4 2h8M4 14h8M5 2v2.5L8 8l3-3.5V2M5 14v-2.5L8 8l3 3.5V14',
  future: 'M8 2.5a5.5 5.5 0 100 11 5.5 5.5 0 000-11z',
  overdue: 'M8 2l6.5 11.5h-13L8 2zm0 4.2v3.4m0 1.9v.2',
  warning: 'M8 2l6.5 11.5h-13L8 2zm0 4.2v3.4m0 1.9v.2',
  offline: 'M2 2l12 12M5 9.5a4.5 4.5 0 014-1.4M3 6.8A8 8 0 015.6 5.2M13 6.8a8 8 0 00-4.6-2.1M8 12.2v.2',
  live: 'M8 5a3 3 0 100 6 3 3 0 000-6z',
  link: 'M6.5 3.5h-3v9h9v-3M9 3h4v4M13 3L7.5 8.5',
  person: 'M8 8a2.7 2.7 0 100-5.4A2.7 2.7 0 008 8zm-5 5.5c.6-2.6 2.6-3.8 5-3.8s4.4 1.2 5 3.8',
  clock: 'M8 4.5V8l2.5 1.5M8 2a6 6 0 100 12A6 6 0 008 2z',
} as const;

export type IconName = keyof typeof iconPaths;
