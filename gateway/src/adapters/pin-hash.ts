import { createHmac, scrypt, scryptSync } from 'node:crypto';
import type { ScryptOptions } from 'node:crypto';
import { pinScrypt } from '@gatehouse/protocols';
import type { PinHash } from '../ports.ts';

const { cost, blockSize, parallelization, bytes } = pinScrypt;
const options: ScryptOptions = { cost, blockSize, parallelization };

const peppered = (pepper: Uint8Array, hash: Uint8Array): Uint8Array =>
  createHmac('sha256', pepper).update(hash).digest();

/** In the thread pool: a door is opened meanwhile as fast as ever. */
export const pinHash: PinHash = ({ pin, salt, pepper }) =>
  new Promise((resolve, reject) => {
    scrypt(pin, salt, bytes, options, (error, hash) => {
      if (error === null) resolve(peppered(pepper, hash));
      else reject(error);
    });
  });

/** For simulated time, which does not wait for a thread. */
export const pinHashAtOnce: PinHash = ({ pin, salt, pepper }) =>
  Promise.resolve(peppered(pepper, scryptSync(pin, salt, bytes, options)));
