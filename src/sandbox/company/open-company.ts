import type { Company } from './company.js';
import type { CompanyLanguage } from './funnels.js';
import { generateCompany } from './generator.js';
import { importMavenCompany } from './maven.js';

/** Enough for a lively board, few enough to read. */
export const DEMO_DEALS = 320;
export const DEMO_SEED = 1;

export interface CompanyChoice {
  /** Folder of the public CRM data set; absent: a company is generated. */
  readonly importFolder?: string;
  readonly seed?: number;
  readonly deals?: number;
  readonly language?: CompanyLanguage;
  /** Epoch milliseconds the company is dated to; the present when absent. */
  readonly now?: number;
}

/**
 * The company a sandbox is filled with.
 *
 * @throws DatasetError when the folder to import is absent or broken, RangeError when a number is out of bounds.
 */
export async function openCompany(choice: CompanyChoice): Promise<Company> {
  const now = choice.now ?? Date.now();
  if (choice.importFolder !== undefined) return importMavenCompany(choice.importFolder, now);
  return generateCompany({
    seed: choice.seed ?? DEMO_SEED,
    deals: choice.deals ?? DEMO_DEALS,
    language: choice.language ?? 'ru',
    now,
  });
}
