import type { Sign } from '../m/mint.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** False on plain http, where browsers keep cryptography from pages. */
export const hasCrypto = (): boolean =>
  isSecureContext && (crypto as Partial<Crypto>).subtle !== undefined;

/** A key pair whose private half no script can read, and its public half raw (65 bytes). */
export const makeKeyPair = async (): Promise<{
  readonly privateKey: CryptoKey;
  readonly rawKey: Uint8Array;
}> => {
  const pair = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
  const rawKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return { privateKey: pair.privateKey, rawKey };
};

export const signWith =
  (privateKey: CryptoKey): Sign =>
  async (bytes) =>
    new Uint8Array(
      await crypto.subtle.sign(
        { name: 'ECDSA', hash: 'SHA-256' },
        privateKey,
        new Uint8Array(bytes),
      ),
    );
