import { afterAll, describe, expect, it } from '@jest/globals';
import { Desk, stageOf } from './running.js';

const desk = new Desk();
afterAll(() => desk.close());
const DAY = 86_400_000;
const START = Date.UTC(2025, 0, 1);

function at(day: number): string {
  return new Date(START + day * DAY + 36_000_000).toISOString();
}

/** Forty deals a quarter; in the third quarter the offer converts badly; five stand in the offer for ever. */
function lively(): string {
  const rows = ['deal,stage,at,owner,amount'];
  for (let deal = 0; deal < 160; deal += 1) {
    const begin = Math.floor((deal / 160) * 360);
    const bad = deal >= 80 && deal < 120;
    const add = (stage: string, day: number): number => rows.push(`D${deal},${stage},${at(day)},Ann,1000`);
    add('New', begin);
    add('Offer', begin + 2);
    if (deal % 32 === 31) continue;
    if (deal % 4 === 0 || (bad && deal % 4 !== 3)) add('Lost', begin + 8);
    else add('Won', begin + 6);
  }
  rows.push(`Z,New,${at(400)},Bob,1`);
  return rows.join('\n');
}

describe('test/diagnose/report', () => {
  it('begins with sentences that an owner understands, and says how it counted', async () => {
    const { text } = await desk.run(desk.write('lively.csv', lively()));
    const lines = text.split('\n');
    expect(lines[0]).toBe('Diagnosis of the funnel as of February 5, 2026');
    expect(lines[3]).toBe('Half of the deals are closed within 6 days.');
    expect(text).toContain('Dead, by the look of it: 5.');
    expect(text).toContain('"Offer" costs most.');
    expect(text).toMatch(/more won deals \(95 %: [\d.,]+ to [\d.,]+\), or [\d,]+/);
    expect(text).toContain('Closing stages were guessed: won «Won»; lost «Lost»');
    expect(text).toMatch(/Offer +160 +5 +4 d +4 d .* 61%/);
  });

  it('names the weakest stage in money with an interval', async () => {
    const { weakest } = (await desk.run(desk.write('lively.csv', lively()))).json;
    expect(weakest).toMatchObject({ stage: 'Offer', best_conversion: expect.any(Number) });
    const [low, high] = weakest.lost_money_ci95;
    expect(weakest.lost_money).toBeGreaterThan(low ?? Number.NaN);
    expect(weakest.lost_money).toBeLessThan(high ?? Number.NaN);
  });

  it('lists the stuck deals with the rule and its figures', async () => {
    const { stuck } = (await desk.run(desk.write('lively.csv', lively()))).json;
    expect(stuck.map((one) => one.case).sort()).toEqual(['D127', 'D159', 'D31', 'D63', 'D95']);
    expect(stuck.every((one) => one.stage === 'Offer' && one.owner === 'Ann' && one.amount === 1000)).toBe(
      true,
    );
    expect(stuck[0]).toMatchObject({
      rule: 'learned',
      kind: 'dead',
      p_advance: 0,
      threshold: 0.5,
      limit_days: null,
    });
  });

  it('is the same from day to day: nothing in it depends on chance or on the clock', async () => {
    const file = desk.write('lively.csv', lively());
    expect(await desk.run(file)).toEqual(await desk.run(file));
  });

  it('speaks Russian when asked, or when the environment does', async () => {
    const { text, html } = await desk.run(desk.write('lively.csv', lively()), '--language', 'ru');
    expect(text).toContain('Половина сделок закрывается за 6 дней.');
    expect(text).toContain('Что изменить в первую очередь');
    expect(html).toContain('<html lang="ru">');
  });

  it('says how many mass moves were not learned from', async () => {
    const rows = lively().split('\n');
    for (let deal = 0; deal < 25; deal += 1) {
      rows.push(`M${deal},New,${at(200 + deal)},Ann,1`, `M${deal},Offer,${at(390)},Ann,1`);
    }
    const { text } = await desk.run(desk.write('moved.csv', rows.join('\n')));
    expect(text).toContain('25 stays ended by mass moves');
  });

  it('draws the funnel and the times, and says beside each bar what it shows', async () => {
    const { html, text } = await desk.run(desk.write('lively.csv', lively()));
    const bars = [
      ...html.matchAll(/<span class="label">([^<]+)<\/span>.*?<span class="figure">([^<]+)<\/span>/g),
    ];
    expect(bars.map(([, label, value]) => `${label}: ${value}`)).toEqual([
      'New: 161 deals, 100% went on',
      'Offer: 160 deals, 61% went on',
      'Won: 95 deals',
      'Lost: 60 deals',
      'New: 2 d',
      'Offer: 4 d',
    ]);
    expect(text).not.toContain('161 deals, 100% went on');
  });

  it('escapes what the file holds, and takes nothing from elsewhere', async () => {
    const nasty = '<img src=x onerror=alert(1)>';
    const rows = [
      `deal,stage,at`,
      `"<script>1</script>","${nasty}",2026-01-01`,
      `2,"\u001b[2J${nasty}",2026-03-01`,
    ];
    const { html, text } = await desk.run(desk.write('nasty.csv', rows.join('\n')));
    expect(html).not.toMatch(/<img|<script|<link|https?:\/\//);
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(html).toContain("default-src 'none'");
    expect(text).not.toContain('\u001b');
  });

  it('takes a list of deals for what it is', async () => {
    const rows = ['ID,Статус,Дата создания,Дата закрытия,Сумма,Менеджер'];
    for (let deal = 0; deal < 40; deal += 1) {
      rows.push(`${deal},${deal % 2 ? 'Успешно' : 'Отказ'},2026-01-01,2026-01-${11 + (deal % 10)},100,Анна`);
    }
    rows.push('90,Переговоры,2026-01-01,,500,Анна', '91,Новая,,,500,Анна');
    const { json, text } = await desk.run(desk.write('list.csv', rows.join('\n')), '--language', 'ru');
    expect(json).toMatchObject({ cases: 42, rows: 42, skipped: 0 });
    expect(json.stages.map(({ stage, terminal, visits, open }) => [stage, terminal, visits, open])).toEqual([
      ['Новая', null, 1, 1],
      ['Переговоры', null, 41, 1],
      ['Успешно', 'won', 20, 0],
      ['Отказ', 'lost', 20, 0],
    ]);
    expect(text).toContain('по строке на сделку');
    expect(text).toContain('«Новая» – 1 сделка');
  });

  it('takes the closing stages of a list that it is told, whatever their case', async () => {
    const rows = ['deal id,status,created at,closed at'];
    for (let deal = 0; deal < 4; deal += 1)
      rows.push(`${deal},${deal % 2 ? 'Gone' : 'Here'},2026-01-01,2026-01-05`);
    const file = desk.write('told.csv', rows.join('\n'));
    const { json } = await desk.run(file, '--won', 'gone');
    expect(stageOf(json, 'Gone').terminal).toBe('won');
    expect(stageOf(json, 'Here').terminal).toBe('lost');
    expect(await desk.refused(file, '--lost', 'Nowhere')).toContain('There is no stage "Nowhere"');
  });

  it('shows several open stages of a list as one', async () => {
    const rows = [
      'deal id,status,created at,closed at',
      '1,Won,2026-01-01,2026-01-05',
      '2,Offer,2026-01-02,',
      '3,Contract,2026-01-02,',
    ];
    const { json, text } = await desk.run(desk.write('list.csv', rows.join('\n')));
    expect(stageOf(json, 'In work')).toMatchObject({ visits: 3, open: 2 });
    expect(text).toMatch(/All open\s+stages are shown as one/);
  });

  it('refuses bad rows of a list', async () => {
    const good = Array.from({ length: 60 }, (_, deal) => `${deal},Won,2026-01-01,2026-01-05`);
    const rows = [
      'deal id,status,created at,closed at',
      ...good,
      '1,Won,2026-01-01,2026-01-05',
      '90,Won,2026-01-06,2026-01-05',
      '91,Won,,2026-01-05',
    ];
    const { json, text } = await desk.run(desk.write('list.csv', rows.join('\n')));
    expect(json).toMatchObject({ rows: 63, skipped: 3, cases: 60 });
    expect(text).toContain('line 62: the deal "1" is in the file already');
    expect(text).toContain('line 63: the deal is closed before it begins');
    expect(text).toContain('line 64: the deal has a closing date and no beginning');
  });
});
