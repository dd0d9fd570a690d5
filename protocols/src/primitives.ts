/** JOSE names. SM2 has a number in the pass (3) and no code. */
export const signatureAlgorithms = ['ES256', 'EdDSA'] as const;
export type SignatureAlgorithm = (typeof signatureAlgorithms)[number];

/**
 * The cryptography that this package is handed: synchronous, without state. One implementation for
 * Node stands in gateway/ and cloud/ each as an adapter; the browser signs by WebCrypto.
 */
export type Primitives = {
  /**
   * @param rawKey ES256: 65 bytes (0x04 ‖ x ‖ y); EdDSA: 32 bytes
   * @param signature 64 bytes, r ‖ s
   * @returns false for every input that is not a good signature, a malformed key included
   */
  readonly verify: (
    alg: SignatureAlgorithm,
    rawKey: Uint8Array,
    data: Uint8Array,
    signature: Uint8Array,
  ) => boolean;
  /** @returns 32 bytes */
  readonly sha256: (data: Uint8Array) => Uint8Array;
};
