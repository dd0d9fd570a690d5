import { toHex, utf8 } from '../bytes.ts';
import type { Primitives } from '../primitives.ts';
import type { PolicyRow } from './rows.ts';

/**
 * Digest of a policy state: the sum modulo 2^256 of the SHA-256 of each row's canonical JSON. A sum
 * lets a delta of n rows be checked in n hashes although the state has 140,000. It detects drift
 * between cloud and gateway; forgery is what the signature on manifest and delta is for.
 */
export type PolicyDigest = bigint;

const modulus = 1n << 256n;

export const emptyDigest: PolicyDigest = 0n;

/** JSON with sorted keys and no white space: the same row gives the same bytes everywhere. */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`;
  }
  return JSON.stringify(value);
};

/** The number that one row adds to the digest. */
export const rowDigest = (row: PolicyRow, { sha256 }: Pick<Primitives, 'sha256'>): PolicyDigest =>
  BigInt(`0x${toHex(sha256(utf8(canonicalJson(row))))}`);

export const addRow = (digest: PolicyDigest, row: PolicyDigest): PolicyDigest =>
  (digest + row) % modulus;

export const removeRow = (digest: PolicyDigest, row: PolicyDigest): PolicyDigest =>
  (digest - row + modulus) % modulus;

/** 64 hex digits, as manifest and delta carry it. */
export const digestText = (digest: PolicyDigest): string => digest.toString(16).padStart(64, '0');
