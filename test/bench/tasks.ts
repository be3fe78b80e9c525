import type { BenchOptions } from './run.js';
import type { Report } from './report.js';
export async function tasks(_options: BenchOptions): Promise<Report> {
  throw new Error('tasks');
}
