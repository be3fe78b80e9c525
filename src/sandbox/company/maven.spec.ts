import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { importMavenCompany } from './maven.js';

const NOW = Date.UTC(2026, 10, 21, 18);
const REAL = join(import.meta.dirname, '../../../../shared/data/maven-crm');

const SMALL: Readonly<Record<string, string>> = {
  'accounts.csv': 'account,sector\nIsdom,medical\n',
  'products.csv': 'product,series,sales_price\nGTX Pro,GTX,4821\n',
  'sales_teams.csv': 'sales_agent,manager,regional_office\nMei-Mei Johns,Melvin Marxen,Central\n',
  'sales_pipeline.csv': [
    'opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value',
    'A1,Mei-Mei Johns,GTXPro,Isdom,Won,2017-03-01,2017-12-31,4514',
    'A2,Mei-Mei Johns,GTX Pro,,Engaging,2017-12-01,,',
    'A3,Mei-Mei Johns,GTX Pro,,Prospecting,,,',
    '',
  ].join('\n'),
};

describe('src/sandbox/company/maven.ts', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'maven-'));
    await Promise.all(Object.entries(SMALL).map(([file, text]) => writeFile(join(folder, file), text)));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('repairs the product, shifts the days so that the last is today, and keeps a deal without a company', async () => {
    const company = await importMavenCompany(folder, NOW);
    const [won, engaging, prospecting] = [...company.deals];
    expect(won).toMatchObject({
      id: 1,
      title: 'GTX Pro: Isdom (A1)',
      amount: 4514,
      clientId: 1,
      productId: 1,
    });
    expect(won?.history.map((entry) => [new Date(entry.at).toISOString(), entry.stageCode])).toEqual([
      ['2026-01-20T14:00:00.000Z', 'ENGAGING'],
      ['2026-11-21T18:00:00.000Z', 'WON'],
    ]);
    expect(engaging).toMatchObject({ clientId: null, amount: 4821, ownerId: 3 });
    expect(prospecting?.history).toEqual([{ at: NOW, pipelineId: 0, stageCode: 'PROSPECTING' }]);
    expect(company.departments.at(-1)).toMatchObject({ name: 'Central, team of Melvin Marxen', headId: 2 });
  });

  it.each([
    ['A4,Nobody Known,GTX Pro,,Prospecting,,,', 'line 5: sales_agent "Nobody Known" is not in its list'],
    ['A4,Mei-Mei Johns,GTX Max,,Prospecting,,,', 'line 5: product "GTX Max" is not in its list'],
    ['A4,Mei-Mei Johns,GTX Pro,,Dreaming,,,', 'line 5: deal_stage "Dreaming" is unknown'],
    ['A4,Mei-Mei Johns,GTX Pro,,Engaging,1 May,,', 'line 5: engage_date is "1 May", not a date'],
    ['A4,Mei-Mei Johns,GTX Pro,,Won,2017-05-02,2017-05-01,5', 'line 5: close_date is before engage_date'],
    ['A4,Mei-Mei Johns,GTX Pro,,Won,2017-05-02,,5', 'line 5: a closed deal has no close_date'],
    ['A4,Mei-Mei Johns,GTX Pro,,Won,2017-05-02,2017-05-03,-5', 'line 5: close_value is "-5", not an amount'],
    ['A1,Mei-Mei Johns,GTX Pro,,Prospecting,,,', 'line 5: opportunity_id A1 stands already in line 2'],
    ['A4,Mei-Mei Johns', 'line 5'],
  ])('names the file and the line of the bad row %s', async (row, message) => {
    const file = join(folder, 'sales_pipeline.csv');
    await writeFile(file, `${await readFile(file, 'utf8')}${row}\n`);
    const imported = importMavenCompany(folder, NOW);
    await expect(imported).rejects.toThrow('sales_pipeline.csv, ');
    await expect(imported).rejects.toThrow(message);
  });

  it('names the file that is not there and the column that is missing', async () => {
    await rm(join(folder, 'accounts.csv'));
    await expect(importMavenCompany(folder, NOW)).rejects.toThrow('accounts.csv: there is no such file');
    await writeFile(join(folder, 'accounts.csv'), 'name\nIsdom\n');
    await expect(importMavenCompany(folder, NOW)).rejects.toThrow('the column account is missing');
  });

  it('reads the public data set whole when it is at hand', async () => {
    if (!existsSync(REAL)) {
      console.warn(
        'the public data set is not beside the project: its counts are not checked on this machine',
      );
      return;
    }
    await cp(REAL, folder, { recursive: true });
    const company = await importMavenCompany(folder, NOW);
    const deals = [...company.deals];
    const stage = (code: string): number =>
      deals.filter((deal) => deal.history.at(-1)?.stageCode === code).length;
    expect([deals.length, company.people.length, company.products.length, company.clients.length]).toEqual([
      8800, 42, 7, 85,
    ]);
    expect([stage('PROSPECTING'), stage('ENGAGING'), stage('WON'), stage('LOSE')]).toEqual([
      500, 1589, 4238, 2473,
    ]);
    expect(deals.filter((deal) => deal.clientId === null)).toHaveLength(1425);
    expect(new Set(deals.map((deal) => deal.ownerId)).size).toBe(30);
    expect(Math.max(...deals.map((deal) => deal.modifiedAt))).toBe(NOW);
  });
});
