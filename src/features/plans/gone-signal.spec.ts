import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { FastifyReply } from 'fastify';
import { goneSignal } from './gone-signal.js';

function replyOf(writableEnded: boolean): { readonly raw: EventEmitter; readonly reply: FastifyReply } {
  const raw = Object.assign(new EventEmitter(), { writableEnded });
  return { raw, reply: { raw } as unknown as FastifyReply };
}

describe('src/features/plans/gone-signal', () => {
  it('says that the caller went away before the answer', () => {
    const { raw, reply } = replyOf(false);
    const signal = goneSignal(reply);
    expect(signal.aborted).toBe(false);
    raw.emit('close');
    expect(signal.aborted).toBe(true);
  });

  it('says so of a caller who went away before anybody listened', () => {
    const raw = Object.assign(new EventEmitter(), { writableEnded: false, destroyed: true });
    expect(goneSignal({ raw } as unknown as FastifyReply).aborted).toBe(true);
  });

  it('says nothing when the answer was sent', () => {
    const { raw, reply } = replyOf(true);
    const signal = goneSignal(reply);
    raw.emit('close');
    expect(signal.aborted).toBe(false);
  });
});
