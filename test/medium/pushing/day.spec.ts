import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { MailMessage } from '../../../src/contract/mail.js';
import { interval } from '../../../src/domain/calendar/work-calendar.js';
import type { ControlContext } from '../../../src/features/pushing/control-context.service.js';
import type { Database } from '../../../src/infra/db/database.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import {
  CYCLE,
  DAY_ACCOUNT,
  dayContext,
  dayProcess,
  finishStep,
  plantStep,
  plantTemplate,
  type DayPerson,
  type DayProcess,
} from '../../support/day-world.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Tuesday to Wednesday; the Monday of the next week ends the story. */
const START = Date.parse('2026-11-23T21:00Z');
const NEXT_MORNING = Date.parse('2026-11-25T05:00Z');
const MONDAY = Date.parse('2026-11-30T05:30Z');

const PEOPLE: readonly DayPerson[] = [
  { id: 'anna' },
  { id: 'boris', timeZone: 'Asia/Vladivostok' },
  { id: 'vera', absences: [{ from: '2026-11-24', to: '2026-11-24' }] },
  { id: 'gleb', calendar: { overrides: [{ date: '2026-11-24', hours: [interval('09:00', '13:00')] }] } },
  { id: 'dina', calendar: { overrides: [{ date: '2026-11-24', hours: [] }] } },
  { id: 'head' },
];

interface Told {
  readonly user: string;
  readonly text: string;
  /** `MM-DD HH:MM`, UTC */
  readonly at: string;
}

describeOnEveryDatabase('test/medium/pushing/day', (open) => {
  let database: Database;
  let process: DayProcess;
  let other: DayProcess;
  const clock = { at: START, now: () => clock.at };
  const letters: MailMessage[] = [];
  const context: ControlContext = dayContext(PEOPLE, 'head');

  beforeAll(async () => {
    database = await open();
    await plantTemplate(database);
    restart();
    await database.transaction((tx) => process.days.saveSettings(tx, DAY_ACCOUNT, CYCLE, 'head', START));
    const at = (text: string): number => Date.parse(`2026-11-24T${text}Z`);
    await plantStep(database, { dealId: 'D1', ownerId: 'anna', dueAt: at('12:00') });
    await plantStep(database, { dealId: 'D2', ownerId: 'anna', dueAt: at('08:00'), key: 'meet' });
    await plantStep(database, {
      dealId: 'D3',
      ownerId: 'anna',
      dueAt: at('06:00') - 72 * HOUR,
      amount: 900_000,
    });
    await plantStep(database, { dealId: 'D4', ownerId: 'anna', dueAt: at('13:00') });
    await plantStep(database, { dealId: 'D5', ownerId: 'anna', dueAt: at('13:00') + 72 * HOUR });
    await plantStep(database, { dealId: 'D6', ownerId: 'anna', dueAt: at('14:00') });
    await plantStep(database, { dealId: 'B1', ownerId: 'boris', dueAt: at('04:00') });
    await plantStep(database, { dealId: 'V1', ownerId: 'vera', dueAt: at('08:00'), key: 'meet' });
    await plantStep(database, { dealId: 'G1', ownerId: 'gleb', dueAt: at('09:00') });
    await plantStep(database, { dealId: 'N1', ownerId: 'dina', dueAt: at('09:00') });
  }, 120_000);

  afterAll(() => database?.close());

  /** Nothing is remembered by the processes: both begin anew. */
  function restart(): void {
    process = dayProcess(database, clock, letters);
    other = dayProcess(database, clock, letters);
  }

  /** Two processes look every quarter of an hour, at the same time. */
  async function live(until: number): Promise<void> {
    for (; clock.at < until; clock.at += 15 * MINUTE)
      await Promise.all([process.rounds.run(context), other.rounds.run(context)]);
  }

  async function told(): Promise<readonly Told[]> {
    const rows = await database.query<{ user: string; text: string; at: Date }>(
      `SELECT action ->> 'userId' AS "user", action ->> 'text' AS text, first_at AS at FROM (
         SELECT action, next_at AS first_at, seq FROM outbox_action WHERE account_id = $1::uuid) a ORDER BY seq`,
      [DAY_ACCOUNT],
    );
    return rows.map(({ user, text, at }) => ({
      user,
      text,
      at: at.toISOString().slice(5, 16).replace('T', ' '),
    }));
  }

  async function toldTo(user: string): Promise<readonly string[]> {
    return (await told())
      .filter((one) => one.user === user)
      .map((one) => `${one.at} ${one.text.split('\n')[0]}`);
  }

  async function kept(user: string, day: string): Promise<readonly string[]> {
    const rows = await database.query<{ item: string }>(
      `SELECT deal_id || ' ' || kind || coalesce(': ' || reason, '') AS item FROM day_item
       WHERE account_id = $1::uuid AND user_id = $2 AND day = $3 ORDER BY deal_id`,
      [DAY_ACCOUNT, user, day],
    );
    return rows.map((row) => row.item);
  }

  it('gives everybody who works the list of the day at nine where the person is, in the order in which it hurts', async () => {
    await live(Date.parse('2026-11-24T07:00Z'));
    expect(await toldTo('boris')).toEqual(['11-23 23:00 На сегодня 1 дело.']);
    expect(await toldTo('anna')).toEqual(['11-24 06:00 На сегодня 5 дел, из них просрочено: 1.']);
    const [list] = (await told()).filter((one) => one.user === 'anna');
    expect(list?.text.split('\n').slice(1)).toEqual([
      '• 11:00 Встретиться: Сделка D2',
      '• Позвонить: Сделка D3 (просрочено на 3 дня)',
      '• Позвонить: Сделка D1',
      '• Позвонить: Сделка D4',
      '• Позвонить: Сделка D6',
    ]);
    expect(letters.map(({ userId, kind }) => `${userId} ${kind}`)).toContain('anna digest');
  });

  it('tells nobody who is absent or has the day off', async () => {
    await live(Date.parse('2026-11-24T07:30Z'));
    expect([await toldTo('vera'), await toldTo('dina')]).toEqual([[], []]);
  });

  it('reminds a quarter of an hour before an appointment, once, and not of plain deadlines', async () => {
    restart();
    await live(Date.parse('2026-11-24T08:30Z'));
    expect((await toldTo('anna')).slice(1)).toEqual([
      '11-24 07:45 В 11:00: Встретиться. Сделка «Сделка D2».',
    ]);
  });

  it('closes a half-day when it ends', async () => {
    await live(Date.parse('2026-11-24T11:00Z'));
    expect((await toldTo('gleb')).slice(1)).toEqual([
      expect.stringMatching(/^11-24 10:00 Закройте день: сделано 0, осталось 1 дело\./),
    ]);
  });

  it('has ticked in the evening what was done in the CRM meanwhile, and asks for the rest', async () => {
    await finishStep(database, 'D1', clock.at);
    await finishStep(database, 'D2', clock.at);
    await database.query(
      `UPDATE plan_step SET due_at = due_at + interval '2 days', detail = $2::jsonb
       WHERE account_id = $1::uuid AND deal_id = 'D4'`,
      [DAY_ACCOUNT, JSON.stringify({ manual: { dueAt: 1, dueReason: 'Клиент в отпуске', postponed: 1 } })],
    );
    restart();
    await live(Date.parse('2026-11-24T15:30Z'));
    expect((await toldTo('anna')).slice(2)).toEqual([
      expect.stringMatching(/^11-24 15:00 Закройте день: сделано 2, осталось 2 дела\./),
    ]);
    const pictures = await process.pictures.of(
      context,
      CYCLE,
      [{ userId: 'anna', day: '2026-11-24' }],
      clock.at,
    );
    const items = pictures.get('anna')?.entries.map((one) => `${one.dealId} ${one.state}`);
    expect(items?.toSorted()).toEqual(['D1 done', 'D2 done', 'D3 open', 'D4 moved', 'D6 open']);
  });

  it('closes a day once; what is told stays', async () => {
    const day = { userId: 'anna', day: '2026-11-24', endsAt: Date.parse('2026-11-24T21:00Z') };
    const told = {
      ...day,
      dealId: 'D6',
      stepId: 'call~1',
      title: 'Позвонить',
      dueAt: null,
      postponed: 0,
      until: null,
    };
    const item = {
      ...told,
      kind: 'notDone',
      reason: 'Не хватило времени',
      reasonKey: 'noTime',
      cause: 'omission',
    } as const;
    const close = (): Promise<boolean> =>
      database.transaction(async (tx) => {
        await process.days.save(tx, DAY_ACCOUNT, [item], clock.at);
        return process.days.close(tx, DAY_ACCOUNT, day, clock.at);
      });
    expect([await close(), await close()]).toEqual([true, false]);
  });

  it('tells the head at seven what was done, what not and why, with names', async () => {
    await live(Date.parse('2026-11-24T17:00Z'));
    const heads = (await told()).filter((one) => one.user === 'head');
    expect(heads.map((one) => one.at)).toEqual(['11-24 16:00']);
    const lines = heads[0]?.text.split('\n') ?? [];
    expect(lines[0]).toMatch(/^Сделано 2 из 7\. Без объяснения 3 дела: /);
    expect(lines).toEqual(
      expect.arrayContaining([
        '• anna: сделано 2 из 5, без объяснения 1, не сделано 1, перенесено 1',
        '• boris: сделано 0 из 1, без объяснения 1',
        '• vera: отсутствует',
      ]),
    );
    const letter = letters.find((one) => one.userId === 'head');
    expect(JSON.stringify(letter)).toContain('Не хватило времени');
    const places = letter?.letter.sections.flatMap(({ lines }) => lines.map(({ place }) => place));
    expect(places).toContainEqual({ kind: 'deal', dealId: 'D3' });
    expect(places).not.toContainEqual({ kind: 'deal', dealId: 'V1' });
    expect(letter?.subject).toBe('День отдела: сделано 2 из 7');
  });

  it('keeps for ever what became of the day, once it is over', async () => {
    await live(Date.parse('2026-11-24T21:30Z'));
    const end = [
      'D1 done',
      'D2 done',
      'D3 unexplained',
      'D4 moved: Клиент в отпуске',
      'D6 notDone: Не хватило времени',
    ];
    expect(await kept('anna', '2026-11-24')).toEqual(end);
    await finishStep(database, 'D3', clock.at);
    restart();
    await live(NEXT_MORNING);
    expect(await kept('anna', '2026-11-24')).toEqual(end);
    expect(await kept('vera', '2026-11-24')).toEqual([]);
  });

  it('shows the day that is over as it was, and the absent as absent', async () => {
    const reach = { headId: 'head', userIds: PEOPLE.map(({ id }) => id), owners: null };
    const found = await process.exceptions.of(context, CYCLE, reach, '2026-11-24', clock.at);
    expect(found.totals).toEqual({ planned: 7, done: 2, notDone: 1, moved: 1, unexplained: 3 });
    expect(found.sellers.find((one) => one.userId === 'vera')).toMatchObject({ off: 'absent', items: [] });
    expect(found.sellers[0]?.items.length).toBeGreaterThan(0);
  });

  it('goes on after a standstill: what its time has passed for is not sent any more', async () => {
    const before = (await toldTo('gleb')).length;
    clock.at = Date.parse('2026-11-25T20:00Z');
    restart();
    await live(clock.at + 30 * MINUTE);
    expect((await toldTo('gleb')).length).toBe(before);
  });

  it('reviews the week on Monday, the sellers their own and the head everybody’s', async () => {
    clock.at = MONDAY;
    await live(MONDAY + 2 * HOUR);
    const annas = (await toldTo('anna')).filter((line) => line.startsWith('11-30 07:00'));
    expect(annas).toEqual([expect.stringMatching(/Сделано 2 из 5/)]);
    const heads = (await told()).filter((one) => one.user === 'head' && one.at === '11-30 07:00');
    expect(heads[0]?.text).toMatch(/Почему не сделано/);
    expect(heads[0]?.text).toContain('• anna: сделано 2 из 5');
    const review = await process.reviews.of(context, 'anna', [], '2026-11-26');
    expect(review.mine.week).toMatchObject({ planned: 5, done: 2, doneShare: null });
    expect(review.mine.reasons).toEqual(
      expect.arrayContaining([{ reason: 'Не хватило времени', cause: 'omission', count: 1 }]),
    );
  });

  it('sent nothing twice in all that time, with two processes and four restarts', async () => {
    const all = (await told()).map(({ user, text }) => `${user}|${text}`);
    const days = all.filter((one) => !one.includes('На сегодня'));
    expect(all.length).toBeGreaterThan(10);
    expect(new Set(days).size).toBe(days.length);
    const lists = (await told()).filter((one) => one.text.startsWith('На сегодня'));
    expect(new Set(lists.map((one) => `${one.user}|${one.at}`)).size).toBe(lists.length);
    expect(new Set(letters.map((letter) => letter.key)).size).toBe(letters.length);
  });
});
