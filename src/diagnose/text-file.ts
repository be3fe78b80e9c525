import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { PassThrough, Transform, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Words } from './words.js';
import { UserFault } from './user-fault.js';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1251';

const CHUNK = 1 << 20;
const SAMPLE_CHARACTERS = 1 << 18;
const WIDE_SAMPLE = 1 << 12;

/** A file of text, plain or gzipped, whatever its name says. */
export interface TextFile {
  readonly encoding: Encoding;
  readonly gzipped: boolean;
  /** The first quarter of a million characters. */
  readonly sample: string;
  /** All of the text as UTF-8, anew at each call. */
  stream(): Readable;
}

/**
 * Finds out how the file is packed and encoded. What is not UTF-8 to its last byte is taken for Windows-1251, the other
 * encoding in which tables are saved in Russian.
 *
 * @throws UserFault when the file is absent, a folder, empty or a broken archive.
 */
export async function openTextFile(path: string, words: Words): Promise<TextFile> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new UserFault(words.noFile(path));
  if (!found.isFile() || found.size === 0) throw new UserFault(words.emptyFile(path));
  const head = await firstBytes(path);
  if (head[0] === 0x50 && head[1] === 0x4b) throw new UserFault(words.isSpreadsheet(path));
  const gzipped = head[0] === 0x1f && head[1] === 0x8b;
  try {
    const encoding = await encodingOf(() => bytes(path, gzipped));
    const stream = (): Readable => decoded(bytes(path, gzipped), encoding);
    return { encoding, gzipped, sample: await sampleOf(stream()), stream };
  } catch (error) {
    if (gzipped && codeOf(error)?.startsWith('Z_')) throw new UserFault(words.brokenArchive(path));
    throw error;
  }
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function bytes(path: string, gzipped: boolean): Readable {
  const raw = createReadStream(path, { highWaterMark: CHUNK });
  if (!gzipped) return raw;
  const unpacked = createGunzip({ chunkSize: CHUNK });
  raw.on('error', (error) => unpacked.destroy(error));
  unpacked.on('close', () => raw.destroy());
  return raw.pipe(unpacked);
}

async function encodingOf(read: () => Readable): Promise<Encoding> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let first = true;
  for await (const chunk of read() as AsyncIterable<Buffer>) {
    const wide = first ? wideEncodingOf(chunk) : null;
    if (wide !== null) return wide;
    first = false;
    if (!isDecodable(decoder, chunk)) return 'windows-1251';
  }
  return isDecodable(decoder, null) ? 'utf-8' : 'windows-1251';
}

/** By its mark; without one by the empty halves of its commas and line ends, which no other text has. */
function wideEncodingOf(chunk: Buffer): Encoding | null {
  if (chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le';
  if (chunk[0] === 0xfe && chunk[1] === 0xff) return 'utf-16be';
  const empty = [0, 0];
  for (const [at, byte] of chunk.subarray(0, WIDE_SAMPLE).entries()) {
    if (byte === 0) empty[at % 2] = (empty[at % 2] ?? 0) + 1;
  }
  const [high = 0, low = 0] = empty;
  if (high + low === 0) return null;
  return low > high ? 'utf-16le' : 'utf-16be';
}

function isDecodable(decoder: TextDecoder, chunk: Buffer | null): boolean {
  try {
    decoder.decode(chunk ?? undefined, { stream: chunk !== null });
    return true;
  } catch (error) {
    if (codeOf(error) === 'ERR_ENCODING_INVALID_ENCODED_DATA') return false;
    throw error;
  }
}

function decoded(source: Readable, encoding: Encoding): Readable {
  const decoder = new TextDecoder(encoding);
  const through =
    encoding === 'utf-8'
      ? new PassThrough()
      : new Transform({
          transform(chunk: Buffer, _, done): void {
            done(null, decoder.decode(chunk, { stream: true }));
          },
          flush(done): void {
            done(null, decoder.decode());
          },
        });
  source.on('error', (error) => through.destroy(error));
  through.on('close', () => source.destroy());
  return source.pipe(through);
}

async function sampleOf(stream: Readable): Promise<string> {
  const decoder = new TextDecoder();
  let sample = '';
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    sample += decoder.decode(chunk, { stream: true });
    if (sample.length >= SAMPLE_CHARACTERS) break;
  }
  return sample.slice(0, SAMPLE_CHARACTERS);
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
