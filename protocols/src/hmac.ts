import type { Primitives } from './primitives.ts';

const blockBytes = 64;

/** HMAC-SHA-256 (RFC 2104). @returns 32 bytes */
export const hmacSha256 = (
  key: Uint8Array,
  data: Uint8Array,
  { sha256 }: Pick<Primitives, 'sha256'>,
): Uint8Array => {
  const short = key.length > blockBytes ? sha256(key) : key;
  const padded = (mask: number): Uint8Array =>
    Uint8Array.from({ length: blockBytes }, (_, i) => (short[i] ?? 0) ^ mask);
  const inner = sha256(Uint8Array.of(...padded(0x36), ...data));
  return sha256(Uint8Array.of(...padded(0x5c), ...inner));
};
