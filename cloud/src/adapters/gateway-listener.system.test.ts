import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { text as readText, buffer } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { JSONWebKeySet } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CloudError } from '../errors.ts';
import type { SnapshotFile, Snapshots } from '../policy/snapshot.ts';
import { payloadOf, useTestTrust } from '../testing/link.ts';
import type { BoxFiles } from '../testing/link.ts';
import { silentLog } from '../testing/test-database.ts';
import { createGatewayListener } from './gateway-listener.ts';

const trust = useTestTrust();
const nowMs = Date.UTC(2026, 10, 22);

const content = Buffer.alloc(300_000, 'policy ');
const file: SnapshotFile = {
  sha256: createHash('sha256').update(content).digest('hex'),
  bytes: content.length,
  read: async function* read() {
    for (let at = 0; at < content.length; at += 70_000) yield content.subarray(at, at + 70_000);
  },
};

const snapshots: Pick<Snapshots, 'open'> = {
  open: async ({ gateway, policyEpoch, version }) => {
    if (version === 500) throw new CloudError('CL_DATABASE');
    return `${gateway}/${policyEpoch}-${version}` === 'east-gw/1-2' ? file : undefined;
  },
};

const start = async (isRevoked: (serial: string) => boolean = () => false) => {
  const { tls, signer } = trust();
  const listener = await createGatewayListener({
    listen: '127.0.0.1:0',
    tls,
    isRevoked,
    snapshots,
    signer,
    nowMs: () => nowMs,
    log: silentLog,
  });
  onTestFinished(listener.close);
  return listener;
};

const get = (
  port: number,
  path: string,
  files: Partial<BoxFiles>,
  method = 'GET',
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { ca, certificate: cert, key } = { ca: trust().ca, ...files };
    const tls = { ca, ...(cert === undefined ? {} : { cert, key }) };
    const call = request({ host: '127.0.0.1', port, path, method, agent: false, ...tls }, resolve);
    call.on('error', reject);
    call.end();
  });

const answers: readonly { path: string; status: number; code: string; method?: string }[] = [
  { path: '/v1/policy/west-gw/1-2', status: 403, code: 'CL_NOT_ALLOWED' },
  { path: '/v1/policy/east-gw/1-3', status: 404, code: 'CL_NOT_FOUND' },
  { path: '/v1/policy/east-gw/1-2', status: 400, code: 'CL_BAD_REQUEST', method: 'POST' },
  { path: '/v1/policy/east-gw/../west-gw/1-2', status: 403, code: 'CL_NOT_ALLOWED' },
  { path: '/v1/policy/east-gw/1-500', status: 503, code: 'CL_DATABASE' },
  { path: '/v1/policy/east-gw/x', status: 404, code: 'CL_NOT_FOUND' },
  { path: '/', status: 404, code: 'CL_NOT_FOUND' },
  { path: '/v1/time', status: 400, code: 'CL_BAD_REQUEST' },
  { path: '/v1/time?nonce=short', status: 400, code: 'CL_BAD_REQUEST' },
];

describe('the listener for gateways', () => {
  it('gives a gateway its own snapshot, byte for byte', async () => {
    const { port } = await start();
    const response = await get(port, '/v1/policy/east-gw/1-2', await trust().box('east-gw'));
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-length']).toBe('300000');
    expect((await buffer(response)).equals(content)).toBe(true);
  });

  it.each(answers)('answers $method $path with $code', async ({ path, status, code, method }) => {
    const { port } = await start();
    const response = await get(port, path, await trust().box('east-gw'), method);
    const body = JSON.parse(await readText(response)) as { error: { code: string } };
    expect([response.statusCode, body.error.code]).toEqual([status, code]);
  });

  it('signs the time over the nonce', async () => {
    const { port } = await start();
    const nonce = 'abcdefghijklmnopqrst';
    const response = await get(port, `/v1/time?nonce=${nonce}`, await trust().box('east-gw'));
    const jws = await readText(response);
    const keys = payloadOf(trust().signer.keyList().jws)['keys'] as { kid: string; jwk: object }[];
    const jwks = keys.map(({ kid, jwk }) => ({ ...jwk, kid })) as unknown as JSONWebKeySet['keys'];
    const { payload } = await jwtVerify(jws, createLocalJWKSet({ keys: jwks }), {
      typ: 'gh-time+jws',
    });
    expect(payload).toEqual({ nonce, at: nowMs });
  });

  it('knows nobody without a certificate of ours', async () => {
    const { port } = await start();
    await expect(get(port, '/v1/policy/east-gw/1-2', {})).rejects.toThrow();
    const { certificate, key } = trust().tls;
    // Ours, and no gateway's: the name of the server itself.
    const server = get(port, '/v1/policy/east-gw/1-2', { certificate, key });
    expect(
      await server.then(
        ({ statusCode }) => statusCode,
        () => 'refused',
      ),
    ).not.toBe(200);
  });

  it('refuses a certificate that was revoked', async () => {
    const { port } = await start(() => true);
    const response = await get(port, '/v1/policy/east-gw/1-2', await trust().box('east-gw'));
    expect(response.statusCode).toBe(403);
  });

  it('speaks no TLS older than 1.2', async () => {
    const { port } = await start();
    const { ca, certificate: cert, key } = await trust().box('east-gw');
    const socket = connectTls({
      ...{ ca, cert, key, port, host: '127.0.0.1', ciphers: 'DEFAULT@SECLEVEL=0' },
      ...{ minVersion: 'TLSv1', maxVersion: 'TLSv1.1' },
    });
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toMatch(/protocol version/i);
  });
});
