import { constants } from 'node:crypto';
import type { Server } from 'node:net';
import type { TLSSocket, TlsOptions } from 'node:tls';
import { isGatewayId } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';

/** PEM texts: our certificate and key, and the authority that signs the gateways'. */
export type TlsFiles = {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
};

const handshakeTimeoutMs = 10_000;

/** Nobody gets in without a certificate of our authority. */
export const mutualTls = ({ ca, certificate, key }: TlsFiles): TlsOptions => ({
  ca,
  cert: certificate,
  key,
  requestCert: true,
  rejectUnauthorized: true,
  minVersion: 'TLSv1.2',
  handshakeTimeout: handshakeTimeoutMs,
  // A resumed session would skip the certificate, and with it the question whether it still counts.
  secureOptions: constants.SSL_OP_NO_TICKET,
});

export type GatewayIdentity = {
  /** Common name of the certificate. */
  readonly gateway: string;
  /** Hex. */
  readonly serial: string;
};

/** Who the other end is, or undefined where its certificate names no gateway. */
export const identityOf = (socket: TLSSocket): GatewayIdentity | undefined => {
  if (!socket.authorized) return undefined;
  const { subject, serialNumber } = socket.getPeerCertificate();
  // Absent on a connection that is gone; an array where a certificate has two common names.
  const name: unknown = (subject as { readonly CN?: unknown } | undefined)?.CN;
  if (typeof name !== 'string' || !isGatewayId(name)) return undefined;
  return { gateway: name, serial: serialNumber };
};

/**
 * @param address `host:port`; port 0 = any free one
 * @returns the port
 * @throws CloudError CL_PORT where it is taken, not ours or no port of this machine
 */
export const listenOn = (server: Server, address: string): Promise<number> => {
  const at = address.lastIndexOf(':');
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(new CloudError('CL_PORT', `${address} (${cause.code ?? cause.message})`, { cause }));
    });
    server.listen({ host: address.slice(0, at), port: Number(address.slice(at + 1)) }, () => {
      server.removeAllListeners('error');
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : 0);
    });
  });
};
