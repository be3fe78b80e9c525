import type { FastifyReply } from 'fastify';

/** Aborted when the caller goes away before it has its answer: nobody is to work on for nobody. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  // Gone already: it will not say so again.
  if (reply.raw.destroyed && !reply.raw.writableEnded) gone.abort();
  reply.raw.once('close', () => {
    if (!reply.raw.writableEnded) gone.abort();
  });
  return gone.signal;
}
