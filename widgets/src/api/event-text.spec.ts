import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EventText, type ServerEvent } from './event-text.js';

function readIn(pieces: readonly string[]): readonly ServerEvent[] {
  const text = new EventText();
  return pieces.flatMap((piece) => text.take(piece));
}

function cut(text: string, places: readonly number[]): readonly string[] {
  const edges = [0, ...places.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length];
  return edges.slice(1).map((edge, index) => text.slice(edges[index], edge));
}

const line = fc.string({ maxLength: 12 }).filter((text) => !/[\r\n]/.test(text) && !text.startsWith(' '));
const anyEvents = fc.array(fc.record({ name: fc.constantFrom('plan', 'sync', 'message'), data: line }), {
  maxLength: 5,
});

describe('widgets/src/api/event-text', () => {
  it('reads the same events in however many pieces the text arrives', () => {
    fc.assert(
      fc.property(
        anyEvents,
        fc.constantFrom('\n', '\r\n'),
        fc.array(fc.nat(500), { maxLength: 8 }),
        (events, end, places) => {
          const text = events
            .map((event) => `event: ${event.name}${end}data: ${event.data}${end}${end}`)
            .join('');
          expect(readIn(cut(text, places))).toEqual(events);
        },
      ),
    );
  });

  it('gives no event for a heartbeat', () => {
    expect(readIn([': beat\n\n', ':\n\n'])).toEqual([]);
  });

  it('joins the lines of one event’s data', () => {
    expect(readIn(['data: a\ndata: b\n\n'])).toEqual([{ name: 'message', data: 'a\nb' }]);
  });

  it('keeps the last id and a sane pause, and forgets an insane one', () => {
    const text = new EventText();
    text.take('id: 41\nretry: 300\n\nretry: soon\nretry: 99999999\n\n');
    expect([text.lastEventId, text.retryMs]).toEqual(['41', 300]);
  });
});
