import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

export interface Delivered {
  readonly to: readonly string[];
  /** As it came over the wire: headers, an empty line, parts. */
  readonly raw: string;
}

/** What the server says to a recipient; null: welcome. */
type Answer = (to: string) => { readonly code: number; readonly text: string } | null;

/** A real mail server on a local port. */
export interface MailBox {
  readonly url: string;
  readonly delivered: readonly Delivered[];
  /** How often somebody asked to deliver to anybody, refused or not. */
  readonly asked: () => number;
  answer(with_: Answer): void;
  stop(): Promise<void>;
}

export async function openMailBox(port = 0): Promise<MailBox> {
  const delivered: Delivered[] = [];
  let answer: Answer = () => null;
  let asked = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onRcptTo: ({ address }, _session, done) => {
      asked += 1;
      const refusal = answer(address);
      done(refusal && Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
    },
    onData: (stream, session, done) => {
      void text(stream).then((raw) => {
        delivered.push({ to: session.envelope.rcptTo.map((one) => one.address), raw });
        done();
      }, done);
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: at } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${at}`,
    delivered,
    asked: () => asked,
    answer: (with_) => {
      answer = with_;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** The header's value, folded lines joined. */
export function headerOf({ raw }: Delivered, name: string): string | null {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ');
  const line = head.split('\r\n').find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line === undefined ? null : line.slice(name.length + 1).trim();
}

/** Both parts as texts, each with its type before it. */
export function decoded({ raw }: Delivered): string {
  const boundary = /boundary="([^"]+)"/.exec(raw)?.[1] ?? '';
  return raw
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const at = part.indexOf('\r\n\r\n');
      const head = part.slice(0, at);
      const body = part.slice(at + 4);
      const bytes = /base64/i.test(head) ? Buffer.from(body, 'base64') : fromQuotedPrintable(body);
      return `${head}\n${bytes.toString('utf8')}`;
    })
    .join('\n--\n');
}

function fromQuotedPrintable(text: string): Buffer {
  const joined = text.replaceAll('=\r\n', '');
  return Buffer.from(
    joined.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16))),
    'latin1',
  );
}
