import { request } from 'node:https';
import { GatewayError } from '../errors.ts';
import type { CloudHttp } from '../ports.ts';
import type { LinkSecrets } from './mqtt-link.ts';

const answerTimeoutMs = 60_000;

/** GET from the cloud's gateway listener, with the gateway's certificate. */
export const createCloudHttp = (listener: string, secrets: LinkSecrets): CloudHttp => ({
  get: (path, bytesMax) =>
    new Promise((resolve, reject) => {
      const fail = (why: string, cause?: unknown): void => {
        reject(new GatewayError('GW_SNAPSHOT', `${path}: ${why}`, { cause }));
      };
      const call = request(new URL(path, listener), { ...secrets, timeout: answerTimeoutMs });
      call.on('timeout', () => call.destroy(new Error('no answer')));
      call.on('error', (error) => {
        fail(error.message, error);
      });
      call.on('response', (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > bytesMax) call.destroy(new Error('longer than announced'));
          else chunks.push(chunk);
        });
        response.on('error', (error) => {
          fail(error.message, error);
        });
        response.on('end', () => {
          if (response.statusCode === 200) resolve(Buffer.concat(chunks));
          else fail(`status ${response.statusCode ?? 0}`);
        });
      });
      call.end();
    }),
});
