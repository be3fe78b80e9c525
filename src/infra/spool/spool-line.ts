import { crc32 } from 'node:zlib';

const CHECKSUM_DIGITS = 8;

/** `crc32 json\n`: a line that a crash or a full disk cut is told from a whole one. */
export function encodeLine(record: object): string {
  const json = JSON.stringify(record);
  return `${checksumOf(json)} ${json}\n`;
}

/** The records of whole lines, in order; everything else is left out. */
export function decodeLines<Record extends object>(bytes: Buffer): readonly Record[] {
  const records: Record[] = [];
  for (const line of bytes.toString('utf8').split('\n')) {
    const json = line.slice(CHECKSUM_DIGITS + 1);
    if (json === '' || line.slice(0, CHECKSUM_DIGITS) !== checksumOf(json)) continue;
    records.push(JSON.parse(json) as Record);
  }
  return records;
}

function checksumOf(text: string): string {
  return crc32(text).toString(16).padStart(CHECKSUM_DIGITS, '0');
}
