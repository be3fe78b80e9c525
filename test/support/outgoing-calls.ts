import { Socket } from 'node:net';

/** Notes every connection that this process opens, by host and port, until it is given back. */
export class OutgoingCalls {
  readonly seen: string[] = [];
  private readonly original = Socket.prototype.connect;

  constructor() {
    const { seen, original } = this;
    Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
      seen.push(targetOf(args));
      return Reflect.apply(original, this, args);
    };
  }

  /** Connections to anywhere but these ports. */
  beyond(ports: readonly number[]): readonly string[] {
    return this.seen.filter((target) => !ports.some((port) => target.endsWith(`:${port}`)));
  }

  giveBack(): void {
    Socket.prototype.connect = this.original;
  }
}

/** `connect(options)`, `connect(port, host)`, or the list of normalised arguments that Node hands on inside. */
function targetOf(args: readonly unknown[]): string {
  const [first, second] = args;
  if (Array.isArray(first)) return targetOf(first);
  if (typeof first === 'number') return `${typeof second === 'string' ? second : 'localhost'}:${first}`;
  const { host, port, path } = (first ?? {}) as { host?: unknown; port?: unknown; path?: unknown };
  if (typeof path === 'string') return path;
  return `${typeof host === 'string' ? host : 'localhost'}:${typeof port === 'string' ? port : Number(port)}`;
}
