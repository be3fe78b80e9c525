/** Reads server-sent events as the widget does; `next` waits for one of a name. */
export interface EventReader {
  next(name: string, timeoutMs: number): Promise<unknown>;
  readonly headers: Headers;
  /** True when the server ended the stream. */
  readonly ended: Promise<void>;
  close(): void;
}

interface Seen {
  readonly name: string;
  readonly data: unknown;
}

export async function readEvents(url: string, session: string): Promise<EventReader> {
  const stop = new AbortController();
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${session}`, accept: 'text/event-stream' },
    signal: stop.signal,
  });
  if (!response.ok || !response.body) throw new Error(`the stream was refused with ${response.status}`);
  const seen: Seen[] = [];
  let wake: () => void = () => undefined;
  const ended = consume(response.body, (event) => {
    seen.push(event);
    wake();
  });
  return {
    headers: response.headers,
    ended,
    close: () => stop.abort(),
    next: async (name, timeoutMs) => {
      const end = performance.now() + timeoutMs;
      for (;;) {
        const at = seen.findIndex((event) => event.name === name);
        if (at >= 0) return seen.splice(0, at + 1).at(-1)?.data;
        const left = end - performance.now();
        if (left <= 0) throw new Error(`no event "${name}" within ${timeoutMs} ms`);
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, left);
        });
      }
    },
  };
}

async function consume(body: ReadableStream<Uint8Array>, onEvent: (event: Seen) => void): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const name = /^event: (.*)$/m.exec(block)?.[1];
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (name !== undefined && data !== undefined) onEvent({ name, data: JSON.parse(data) });
      }
    }
  } catch {
    // Closed by us, or broken off by the server: both are the end.
  }
}
