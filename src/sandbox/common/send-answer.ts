import type { FastifyReply } from 'fastify';

/** An answer before it is sent. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export const HTML_HEADERS = { 'content-type': 'text/html; charset=utf-8' } as const;

/** A page as a web server or a proxy answers with when the service behind it does not. */
export function htmlPage(status: number, title: string): RawAnswer {
  const body = `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
  return { status, headers: HTML_HEADERS, body: Buffer.from(body) };
}

/** Sends an answer, or fails to, as the fault says. */
export async function sendAnswer(
  reply: FastifyReply,
  answer: RawAnswer,
  fault: { readonly kind: string; readonly amount: number } | null,
): Promise<FastifyReply> {
  switch (fault?.kind) {
    case 'answer-lost':
    case 'reset':
      reply.hijack();
      reply.raw.socket?.destroy();
      return reply;
    case 'truncated':
      reply.hijack();
      reply.raw.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
      reply.raw.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)), () =>
        reply.raw.socket?.destroy(),
      );
      return reply;
    case 'slow':
      reply.hijack();
      trickle(reply, answer, Math.max(1, fault.amount));
      return reply;
    default:
      return reply.code(answer.status).headers(answer.headers).send(answer.body);
  }
}

function trickle(reply: FastifyReply, answer: RawAnswer, bytesPerSecond: number): void {
  const { raw } = reply;
  raw.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
  let sent = 0;
  const timer = setInterval(() => {
    if (raw.destroyed || sent >= answer.body.length) {
      clearInterval(timer);
      raw.end();
      return;
    }
    raw.write(answer.body.subarray(sent, sent + bytesPerSecond));
    sent += bytesPerSecond;
  }, 1000);
  timer.unref();
}
