/** What an nkey is for: the first letter of its public form, and the second of its seed's. */
export const nkeyPrefixes = {
  account: 0 << 3,
  cluster: 2 << 3,
  server: 13 << 3,
  operator: 14 << 3,
  user: 20 << 3,
  curve: 23 << 3,
} as const;

const SEED = 18 << 3;
const kinds: ReadonlySet<number> = new Set(Object.values(nkeyPrefixes));

/** The public form of a key: base32 of one byte of prefix, 32 of key and a checksum, 56 characters. */
export function encodePublic(prefix: number, key: Uint8Array): string {
  return withChecksum(Buffer.concat([Buffer.from([prefix]), key]));
}

/** Reads the public form of a key. Throws when it is none. */
export function decodePublic(text: string): { prefix: number; key: Buffer } {
  const payload = checked(text, 35);
  const prefix = payload[0] ?? 0;
  if (!kinds.has(prefix)) throw new Error('not a public nkey');
  return { prefix, key: payload.subarray(1) };
}

/** The seed form of a private key: base32 of two bytes that hold both prefixes, 32 of key and a checksum, 58 characters. */
export function encodeSeed(prefix: number, key: Uint8Array): string {
  return withChecksum(Buffer.concat([Buffer.from([SEED | (prefix >> 5), (prefix & 31) << 3]), key]));
}

/** Reads the seed form of a private key. Throws when it is none. */
export function decodeSeed(seed: string): { prefix: number; key: Buffer } {
  const payload = checked(seed, 36);
  const [first = 0, second = 0] = payload;
  const prefix = ((first & 7) << 5) | (second >> 3);
  if ((first & 0xf8) !== SEED || !kinds.has(prefix)) throw new Error('not the seed of an nkey');
  return { prefix, key: payload.subarray(2) };
}

/** The bytes of a text without its checksum, which has been compared. */
function checked(text: string, length: number): Buffer {
  const bytes = base32Decode(text);
  if (bytes.length !== length) throw new Error('not an nkey: it has another length');
  const payload = bytes.subarray(0, -2);
  if (crc16(payload) !== bytes.readUInt16LE(length - 2)) throw new Error('the nkey is damaged: its checksum is wrong');
  return payload;
}

function withChecksum(payload: Buffer): string {
  const checksum = Buffer.alloc(2);
  checksum.writeUInt16LE(crc16(payload));
  return base32Encode(Buffer.concat([payload, checksum]));
}

/** CRC-16/XMODEM. */
function crc16(data: Uint8Array): number {
  let crc = 0;
  for (const byte of data) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}

/** Of RFC 4648, without padding. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function base32Encode(data: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of data) {
    value = ((value << 8) | byte) & 0xffff;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(value >> (bits - 5)) & 31];
  }
  return bits > 0 ? text + ALPHABET[(value << (5 - bits)) & 31] : text;
}

function base32Decode(text: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const character of text) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) throw new Error('not base32');
    value = ((value << 5) | digit) & 0xffff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 0xff);
    }
  }
  return Buffer.from(bytes);
}
