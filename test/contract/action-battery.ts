import { expect, it } from '@jest/globals';
import type { ActionOutcome, DealAction, HostAction } from '../../src/contract/actions.js';
import type { BatteryWorld } from './battery-world.js';

const HOUR_MS = 3_600_000;
const dueAt = Math.floor(Date.now() / 1000) * 1000 + HOUR_MS;
const TEXT = 'Сделка стоит [b]5 дней[/b] & ждёт.\nЧто мешает?';
const ALL: readonly DealAction['kind'][] = [
  'comment',
  'moveStage',
  'assign',
  'accept',
  'join',
  'notify',
  'ask',
  'closeAsk',
];

/** What every host must do with what we write besides tasks. */
export function actionBattery(world: () => BatteryWorld): void {
  async function deal(): Promise<string> {
    const [dealId = ''] = await world().addDeals(1);
    return dealId;
  }

  async function act(...actions: readonly HostAction[]): Promise<readonly ActionOutcome[]> {
    return world().client.act(actions);
  }

  function comment(key: string, dealId: string): HostAction {
    return { key, action: { kind: 'comment', dealId, text: TEXT } };
  }

  function ask(key: string, dealId: string): HostAction {
    const [, userId] = world().people;
    return { key, action: { kind: 'ask', dealId, userId, title: `Где сделка? ${key}`, text: TEXT, dueAt } };
  }

  it('leaves a comment in the deal, readable as it was written', async () => {
    const dealId = await deal();
    const [outcome] = await act(comment('note-1', dealId));
    expect(hostIdOf(outcome)).not.toBe('');
    const [text, ...others] = await world().seen.comments(dealId);
    expect(others).toEqual([]);
    expect(plain(text)).toContain(plain(TEXT));
  });

  it('moves a deal, twice the same without harm', async () => {
    const dealId = await deal();
    const place = await world().otherStage(dealId);
    const move: HostAction = { key: 'move-1', action: { kind: 'moveStage', dealId, ...place } };
    expect((await act(move)).map(({ kind }) => kind)).toEqual(['ok']);
    const [moved] = await world().client.readDeals([dealId], 'high');
    expect(moved).toMatchObject(place);
    expect((await act(move)).map(({ kind }) => kind)).toEqual(['ok']);
    const [again] = await world().client.readDeals([dealId], 'high');
    expect(again).toEqual(moved);
  });

  it('hands a deal over, twice the same without harm', async () => {
    const dealId = await deal();
    const [, userId] = world().people;
    const assign: HostAction = { key: 'assign-1', action: { kind: 'assign', dealId, userId } };
    for (let repetition = 0; repetition < 2; repetition += 1) {
      expect((await act(assign)).map(({ kind }) => kind)).toEqual(['ok']);
      const [deal] = await world().client.readDeals([dealId], 'high');
      expect(deal?.ownerId).toBe(userId);
    }
  });

  it('lets a person follow a deal that stays another’s, and only once', async () => {
    const dealId = await deal();
    const [ownerId, userId] = world().people;
    const join: HostAction = { key: 'join-1', action: { kind: 'join', dealId, userId } };
    for (let repetition = 0; repetition < 2; repetition += 1) {
      expect((await act(join)).map(({ kind }) => kind)).toEqual(['ok']);
      expect(await world().seen.followers(dealId)).toEqual([userId]);
    }
    const [deal_] = await world().client.readDeals([dealId], 'high');
    expect(deal_?.ownerId).toBe(ownerId);
  });

  it('notifies a person where it can, a repeat in place of the first, and says so where it cannot', async () => {
    const dealId = await deal();
    const [, userId] = world().people;
    const notify: HostAction = { key: 'notify-1', action: { kind: 'notify', userId, text: TEXT, dealId } };
    const can = world().client.actionKinds.has('notify');
    for (let repetition = 0; repetition < 2; repetition += 1) {
      const [outcome] = await act(notify);
      expect(outcome?.kind).toBe(can ? 'ok' : 'refused');
      const texts = await world().seen.notifications(userId);
      expect(texts.map((text) => plain(text).includes(plain(TEXT)))).toEqual(can ? [true] : []);
    }
  });

  it('asks a person in the deal, and takes the question away again, twice without harm', async () => {
    const dealId = await deal();
    const [, userId] = world().people;
    const [outcome] = await act(ask('ask-1', dealId));
    const hostId = hostIdOf(outcome);
    const [question, ...others] = await world().seen.questions(dealId);
    expect(others).toEqual([]);
    expect(question).toMatchObject({ userId, open: true });
    expect(question?.title).toContain('Где сделка? ask-1');
    const close: HostAction = {
      key: 'close-1',
      action: { kind: 'closeAsk', dealId, hostId, text: 'Ответ дан в плане.' },
    };
    for (let repetition = 0; repetition < 2; repetition += 1) {
      expect((await act(close)).map(({ kind }) => kind)).toEqual(['ok']);
      expect((await world().seen.questions(dealId)).filter(({ open }) => open)).toEqual([]);
    }
  });

  it('does what it says it can do, and refuses the rest without a doubt', async () => {
    const { actionKinds } = world().client;
    expect(actionKinds.size).toBeGreaterThan(4);
    for (const kind of actionKinds) expect(ALL).toContain(kind);
  });

  it('carries out many actions of all kinds at once, one outcome each in the same order', async () => {
    const deals = await world().addDeals(60);
    const actions = deals.flatMap((dealId, index) => [
      comment(`many-c${index}`, dealId),
      ...(index % 10 === 0 ? [ask(`many-a${index}`, dealId)] : []),
    ]);
    const outcomes = await act(...actions);
    expect(outcomes.filter(({ kind }) => kind !== 'ok')).toEqual([]);
    expect(new Set(outcomes.map(hostIdOf)).size).toBe(actions.length);
    const first = deals[0] ?? '';
    expect(await world().seen.comments(first)).toHaveLength(1);
    expect(await world().seen.questions(first)).toHaveLength(1);
    const found = await world().client.findActions(actions.map((one) => ({ ...one, since: 0 })));
    expect(outcomes.map(hostIdOf)).toEqual(actions.map(({ key }) => found.get(key)));
  });

  it('says that a deal is gone which somebody deleted', async () => {
    const [dealId = '', other = ''] = await world().addDeals(2);
    const place = await world().otherStage(dealId);
    await world().deleteDeal(dealId);
    const [, userId] = world().people;
    const gone = { kind: 'refused', failure: { kind: 'gone' } };
    const outcomes = await act(
      comment('gone-1', dealId),
      comment('gone-2', other),
      { key: 'gone-3', action: { kind: 'moveStage', dealId, ...place } },
      { key: 'gone-4', action: { kind: 'assign', dealId, userId } },
      { key: 'gone-5', action: { kind: 'join', dealId, userId } },
      ask('gone-6', dealId),
    );
    expect(outcomes.map((outcome, index) => (index === 1 ? outcome.kind : outcome))).toEqual([
      gone,
      'ok',
      gone,
      gone,
      gone,
      gone,
    ]);
  });

  it('says that it may not, and has done nothing', async () => {
    const dealId = await deal();
    const place = await world().otherStage(dealId);
    const [before] = await world().client.readDeals([dealId], 'high');
    world().forbid(dealId);
    const outcomes = await act(
      comment('forbidden-1', dealId),
      { key: 'forbidden-2', action: { kind: 'moveStage', dealId, ...place } },
      ask('forbidden-3', dealId),
    );
    expect(
      outcomes.map((outcome) => (outcome.kind === 'refused' ? outcome.failure.kind : outcome.kind)),
    ).toEqual(['forbidden', 'forbidden', 'forbidden']);
    world().allow();
    const [after] = await world().client.readDeals([dealId], 'high');
    expect(after).toEqual(before);
    expect(await world().seen.comments(dealId)).toEqual([]);
    expect(await world().seen.questions(dealId)).toEqual([]);
  });

  it('knows nothing after a lost answer, and finds what it made exactly once', async () => {
    const dealId = await deal();
    // What a host has to learn first, it has learnt.
    await act(ask('first', await deal()));
    const wanted = [comment('lost-1', dealId), comment('lost-2', dealId), ask('lost-3', dealId)];
    for (const one of wanted) {
      world().fail('answerLost');
      expect(await act(one)).toEqual([{ kind: 'unknown' }]);
    }
    const lookups = [...wanted, comment('never', dealId)].map((one) => ({ ...one, since: Date.now() }));
    const found = await world().client.findActions(lookups);
    expect([...found.keys()].toSorted()).toEqual(['lost-1', 'lost-2', 'lost-3']);
    expect(await world().seen.comments(dealId)).toHaveLength(2);
    const [question, ...others] = await world().seen.questions(dealId);
    expect(others).toEqual([]);
    expect(question?.open).toBe(true);
    const close = { kind: 'closeAsk', dealId, hostId: found.get('lost-3') ?? '', text: 'Снято.' } as const;
    expect((await act({ key: 'close-2', action: close })).map(({ kind }) => kind)).toEqual(['ok']);
    expect((await world().seen.questions(dealId)).filter(({ open }) => open)).toEqual([]);
  });

  it('finds a comment although an odd empty answer comes first', async () => {
    const dealId = await deal();
    await act(comment('seek', dealId));
    world().fail('emptyPage');
    const found = await world().client.findActions([{ ...comment('seek', dealId), since: Date.now() }]);
    expect([...found.keys()]).toEqual(['seek']);
  });

  it('announces a request before it sends it, and sends nothing when that is refused', async () => {
    const dealId = await deal();
    const wanted = [comment('fenced', dealId), ask('fenced-2', dealId)];
    const refusal = world().client.act(wanted, () => Promise.reject(new Error('not ours any more')));
    await expect(refusal).rejects.toThrow('not ours any more');
    expect(await world().seen.comments(dealId)).toEqual([]);
    expect(await world().seen.questions(dealId)).toEqual([]);
    let announced = 0;
    const count = (): Promise<void> => {
      announced += 1;
      return Promise.resolve();
    };
    await world().client.act(wanted, count);
    expect(announced).toBeGreaterThan(0);
  });

  it('survives a passing fault of the host without doing a thing twice', async () => {
    const dealId = await deal();
    world().fail('passing');
    const [outcome] = await act(comment('passing', dealId));
    expect(['ok', 'unknown', 'refused']).toContain(outcome?.kind);
    const shown = await world().seen.comments(dealId);
    expect(shown.length).toBe(outcome?.kind === 'ok' ? 1 : 0);
  });
}

function hostIdOf(outcome: ActionOutcome | undefined): string {
  if (outcome?.kind !== 'ok') throw new Error(`not done: ${JSON.stringify(outcome)}`);
  return outcome.hostId ?? '';
}

/** Zero-width spaces keep brackets from being tags; people do not see them. */
function plain(text = ''): string {
  return text.replaceAll('\u200B', '');
}
