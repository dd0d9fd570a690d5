import { scrypt } from 'node:crypto';
import { pinScrypt } from '@gatehouse/protocols';

const { cost, blockSize, parallelization, bytes } = pinScrypt;

/** What a PIN is kept as: RFC 7914 with the parameters that gateways check it by. */
export type PinHash = (pin: Uint8Array, salt: Uint8Array) => Promise<Uint8Array>;

/** In the thread pool: other requests are answered meanwhile. */
export const pinHash: PinHash = (pin, salt) =>
  new Promise((resolve, reject) => {
    scrypt(pin, salt, bytes, { cost, blockSize, parallelization }, (error, hash) => {
      if (error === null) resolve(hash);
      else reject(error);
    });
  });
