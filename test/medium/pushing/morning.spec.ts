import { randomUUID } from 'node:crypto';
import { beforeEach, afterAll, beforeAll, expect, it } from '@jest/globals';
import type { MailMessage } from '../../../src/contract/mail.js';
import type { ControlContext } from '../../../src/features/pushing/control-context.service.js';
import type { CycleSettings } from '../../../src/features/pushing/day.types.js';
import type { Database } from '../../../src/infra/db/database.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import {
  CYCLE,
  DAY_ACCOUNT,
  dayContext,
  dayProcess,
  plantStep,
  plantTemplate,
  type DayProcess,
} from '../../support/day-world.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** A Tuesday, 08:00 in Moscow; at nine the working day begins. */
const EIGHT = Date.parse('2026-11-24T05:00Z');
const NINE = EIGHT + 60 * MINUTE;

interface Told {
  readonly user: string;
  readonly text: string;
  readonly place: object | null;
}

/** The list of the day and the alerts that could wait come in one message, whichever of the two there is. */
describeOnEveryDatabase('test/medium/pushing/morning', (open) => {
  let database: Database;
  const clock = { at: EIGHT, now: () => clock.at };
  const context: ControlContext = dayContext([{ id: 'anna' }, { id: 'boris' }, { id: 'head' }], 'head');
  let letters: MailMessage[] = [];
  let one: DayProcess;
  let other: DayProcess;

  beforeAll(async () => {
    database = await open();
    await plantTemplate(database);
  }, 120_000);

  beforeEach(async () => {
    for (const table of [
      ...['alert', 'alert_delivery', 'digest', 'person_day', 'day_item', 'outbox_action'],
      ...['deal', 'deal_pulse', 'plan', 'plan_step'],
    ])
      await database.query(`DELETE FROM ${table} WHERE account_id = $1::uuid`, [DAY_ACCOUNT]);
    letters = [];
    clock.at = EIGHT;
    restart();
    await settings({});
  });

  afterAll(() => database?.close());

  function restart(): void {
    one = dayProcess(database, clock, letters);
    other = dayProcess(database, clock, letters);
  }

  async function settings(change: Partial<CycleSettings>): Promise<void> {
    await database.transaction((tx) =>
      one.days.saveSettings(tx, DAY_ACCOUNT, { ...CYCLE, ...change }, 'head', clock.at),
    );
  }

  /** Both kinds of rounds in both processes every five minutes, at the same time, as the clock's jobs run them. */
  async function live(until: number): Promise<void> {
    for (; clock.at <= until; clock.at += 5 * MINUTE)
      await Promise.all(
        [one, other].flatMap((each) => [each.digests.run(context), each.rounds.run(context)]),
      );
  }

  async function waits(userId: string, dealId: string, at = EIGHT - DAY): Promise<void> {
    const alertId = randomUUID();
    await database.query(
      `INSERT INTO deal (account_id, deal_id, title, pipeline_id, stage_id, stage_kind, owner_id, amount, created_at,
         modified_at, stage_since, synced_at) VALUES ($1::uuid, $2, $3, 'P', 'A', 'open', $4, 1, $5, $5, $5, $5)
       ON CONFLICT DO NOTHING`,
      [DAY_ACCOUNT, dealId, `Сделка ${dealId}`, userId, new Date(at)],
    );
    await database.query(
      `INSERT INTO alert (account_id, alert_id, rule_id, kind, deal_id, subject, episode, at, facts, state)
       VALUES ($1::uuid, $2::uuid, 'noNextStep', 'noNextStep', $3, $4, 'e', $5, '{}', 'open')`,
      [DAY_ACCOUNT, alertId, dealId, userId, new Date(at)],
    );
    await database.query(
      `INSERT INTO alert_delivery (account_id, alert_id, level, user_id, delivery, due_at)
       VALUES ($1::uuid, $2::uuid, 0, $3, 'digest', $4)`,
      [DAY_ACCOUNT, alertId, userId, new Date(at)],
    );
  }

  async function told(user: string): Promise<readonly Told[]> {
    return database.query<Told>(
      `SELECT action ->> 'userId' AS "user", action ->> 'text' AS text, action -> 'place' AS place
       FROM outbox_action WHERE account_id = $1::uuid AND action ->> 'userId' = $2 ORDER BY seq`,
      [DAY_ACCOUNT, user],
    );
  }

  const lettersTo = (user: string): readonly MailMessage[] =>
    letters.filter((letter) => letter.userId === user);

  it('tells both in one message and one letter, once in two processes and after a restart', async () => {
    await plantStep(database, { dealId: 'D1', ownerId: 'anna', dueAt: NINE + 180 * MINUTE });
    await waits('anna', 'A1');
    await waits('anna', 'A2', EIGHT - DAY + MINUTE);
    await live(NINE + 30 * MINUTE);
    restart();
    await live(NINE + 120 * MINUTE);
    expect(await told('anna')).toEqual([
      {
        user: 'anna',
        text: [
          'На сегодня 1 дело. Требуют внимания: 2.',
          'Дела на сегодня',
          '• Позвонить: Сделка D1',
          'Требуют внимания: 2',
          '• Сделка A1: Нет следующего шага. Назначьте его, чтобы сделка не остановилась.',
          '• Сделка A2: Нет следующего шага. Назначьте его, чтобы сделка не остановилась.',
        ].join('\n'),
        place: { screen: 'home' },
      },
    ]);
    const [letter, ...more] = lettersTo('anna');
    expect(more).toEqual([]);
    expect(letter).toMatchObject({
      kind: 'digest',
      subject: 'На сегодня 1 дело. Требуют внимания: 2',
    });
    expect(letter?.letter.sections.map(({ title, lines }) => [title, lines.length])).toEqual([
      ['Дела на сегодня', 1],
      ['Нет следующего шага: 2', 2],
    ]);
    expect(letter?.letter.button?.place).toEqual({ kind: 'screen', screen: 'home' });
  });

  it('tells nothing of alerts before the list, and lets no alert of the night go', async () => {
    await plantStep(database, { dealId: 'D1', ownerId: 'anna', dueAt: NINE + 180 * MINUTE });
    await waits('anna', 'A1');
    await settings({ listAt: '10:00' });
    await live(NINE + 55 * MINUTE);
    expect(await told('anna')).toEqual([]);
    await live(NINE + 65 * MINUTE);
    expect((await told('anna')).map(({ text }) => text.split('\n')[0])).toEqual([
      'На сегодня 1 дело. Требуют внимания: 1.',
    ]);
  });

  it('sends the one that there is: alerts without a list, and a list without alerts', async () => {
    await plantStep(database, { dealId: 'D1', ownerId: 'anna', dueAt: NINE + 180 * MINUTE });
    await waits('boris', 'B1');
    await live(NINE + 30 * MINUTE);
    expect((await told('anna')).map(({ text }) => text.split('\n'))).toEqual([
      ['На сегодня 1 дело.', '• Позвонить: Сделка D1'],
    ]);
    expect((await told('boris')).map(({ text }) => text.split('\n'))).toEqual([
      [
        'Требуют внимания: 1',
        '• Сделка B1: Нет следующего шага. Назначьте его, чтобы сделка не остановилась.',
      ],
    ]);
    expect(lettersTo('boris').map(({ subject }) => subject)).toEqual(['Требуют внимания: 1']);
    expect(await told('head')).toEqual([]);
  });

  it('leads the head’s evening to that day’s exceptions, and everybody’s Monday to the week', async () => {
    await plantStep(database, { dealId: 'D1', ownerId: 'anna', dueAt: NINE + 180 * MINUTE });
    await live(NINE + 15 * MINUTE);
    clock.at = NINE + 10 * 60 * MINUTE;
    await live(clock.at + 10 * MINUTE);
    const evening = lettersTo('head').map(({ letter }) => letter.button?.place);
    const place = { screen: 'exceptions', params: { day: '2026-11-24' } };
    expect(evening).toEqual([{ kind: 'screen', ...place }]);
    expect((await told('head')).map((one) => one.place)).toEqual([place]);
    clock.at = NINE + 6 * DAY + 60 * MINUTE;
    await live(clock.at + 10 * MINUTE);
    const places = (user: string) => lettersTo(user).map(({ letter }) => letter.button?.place);
    const week = { kind: 'screen', params: { look: 'week' } };
    expect(places('head').at(-1)).toEqual({ ...week, screen: 'exceptions' });
    expect(places('anna')).toContainEqual({ ...week, screen: 'home' });
  });

  it('still sends alerts in the morning where the daily cycle is off', async () => {
    await plantStep(database, { dealId: 'D1', ownerId: 'anna', dueAt: NINE + 180 * MINUTE });
    await waits('anna', 'A1');
    await settings({ cycleOn: false });
    await live(NINE + 30 * MINUTE);
    expect((await told('anna')).map(({ text }) => text.split('\n')[0])).toEqual(['Требуют внимания: 1']);
  });

  it('tells once in a morning: what comes later waits for the next one, and nobody looks at it every minute', async () => {
    await waits('boris', 'B1');
    await live(NINE + 30 * MINUTE);
    await waits('boris', 'B2', NINE + 60 * MINUTE);
    await live(NINE + 80 * MINUTE);
    expect(await told('boris')).toHaveLength(1);
    const due = await database.query<{ due_at: Date }>(
      'SELECT due_at FROM alert_delivery WHERE account_id = $1::uuid AND sent_at IS NULL',
      [DAY_ACCOUNT],
    );
    expect(due.map((row) => row.due_at.getTime())).toEqual([NINE + DAY]);
    clock.at = NINE + DAY;
    await live(NINE + DAY + 10 * MINUTE);
    expect((await told('boris')).map(({ text }) => text.split('\n').length)).toEqual([2, 2]);
  });

  it('keeps what waits for somebody who is away until the return, and lets go what waits for somebody who left', async () => {
    await waits('boris', 'B1');
    await waits('gone', 'G1');
    const away = dayContext(
      [{ id: 'anna' }, { id: 'boris', absences: [{ from: '2026-11-24', to: '2026-11-25' }] }, { id: 'head' }],
      'head',
    );
    clock.at = NINE + 30 * MINUTE;
    await one.digests.run(away);
    const rows = await database.query<{ user_id: string; due_at: Date | null }>(
      'SELECT user_id, due_at FROM alert_delivery WHERE account_id = $1::uuid ORDER BY user_id',
      [DAY_ACCOUNT],
    );
    expect(rows).toEqual([
      { user_id: 'boris', due_at: new Date(NINE + 2 * DAY) },
      { user_id: 'gone', due_at: null },
    ]);
    expect(await told('boris')).toEqual([]);
  });

  it('mails the alerts alone where the list is not mailed', async () => {
    await plantStep(database, { dealId: 'D1', ownerId: 'anna', dueAt: NINE + 180 * MINUTE });
    await waits('anna', 'A1');
    await settings({ mail: false });
    await live(NINE + 30 * MINUTE);
    expect(await told('anna')).toHaveLength(1);
    expect(lettersTo('anna').map(({ subject }) => subject)).toEqual(['Требуют внимания: 1']);
  });

  it('sends the alerts alone when the service stood still for so long that the list is of no use', async () => {
    await plantStep(database, { dealId: 'D1', ownerId: 'anna', dueAt: NINE + 480 * MINUTE });
    await waits('anna', 'A1');
    clock.at = NINE + 330 * MINUTE;
    await live(NINE + 350 * MINUTE);
    expect((await told('anna')).map(({ text }) => text.split('\n')[0])).toEqual(['Требуют внимания: 1']);
  });
});
