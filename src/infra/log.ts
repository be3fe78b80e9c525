import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { pino, type Logger } from 'pino';

type Fields = Readonly<Record<string, unknown>>;

const context = new AsyncLocalStorage<Fields>();

/** Runs `work` so that every log line inside carries `fields`: the request's or the job's id goes through all layers. */
export function withLogContext<T>(fields: Fields, work: () => T): T {
  return context.run({ ...context.getStore(), ...fields }, work);
}

/**
 * Structured log: static messages, everything that varies in fields, so that lines group. No secret and no customer
 * text goes in; as a second line of defence, fields with telling names are masked.
 */
@Injectable()
export class Log {
  constructor(private readonly logger: Logger = defaultLogger()) {}

  child(name: string): Log {
    return new Log(this.logger.child({ name }));
  }

  debug(message: string, fields: Fields = {}): void {
    this.logger.debug({ ...context.getStore(), ...fields }, message);
  }

  info(message: string, fields: Fields = {}): void {
    this.logger.info({ ...context.getStore(), ...fields }, message);
  }

  warn(message: string, fields: Fields = {}): void {
    this.logger.warn({ ...context.getStore(), ...fields }, message);
  }

  error(message: string, fields: Fields = {}): void {
    this.logger.error({ ...context.getStore(), ...fields }, message);
  }
}

const SECRET_FIELDS = [
  'accessToken',
  'refreshToken',
  'access_token',
  'refresh_token',
  'application_token',
  'client_secret',
  'secret',
  'token',
  'session',
  'authorization',
  'AUTH_ID',
  'REFRESH_ID',
];

export function createLogger(level: string, destination?: { write(line: string): void }): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]), censor: '***' },
      formatters: { level: (label) => ({ level: label }) },
    },
    destination ?? pino.destination({ dest: 2, sync: false }),
  );
}

function defaultLogger(): Logger {
  return createLogger('info');
}
