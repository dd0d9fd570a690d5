import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { LinkSecrets } from '../adapters/mqtt-link.ts';

// Node's WebCrypto is the browser's; their type declarations differ in details.
x509.cryptoProvider.set(webcrypto as unknown as Crypto);

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const hourMs = 3_600_000;
const validity = () => ({
  notBefore: new Date(Date.now() - hourMs),
  notAfter: new Date(Date.now() + hourMs),
});

const newKeys = async (): Promise<CryptoKeyPair> =>
  // As above; ECDSA gives a pair.
  (await webcrypto.subtle.generateKey(ecdsa, true, ['sign', 'verify'])) as CryptoKeyPair;

const privatePem = async (key: CryptoKey): Promise<Buffer> => {
  const der = await crypto.subtle.exportKey('pkcs8', key);
  return Buffer.from(x509.PemConverter.encode(der, 'PRIVATE KEY'));
};

/** For tests: an authority that lasts an hour, and certificates of gateways as the cloud's are. */
export const createCertificates = async () => {
  const keys = await newKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=test authority',
    ...validity(),
    signingAlgorithm: ecdsa,
    keys,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  });
  return {
    issue: async (gateway: string): Promise<LinkSecrets> => {
      const own = await newKeys();
      const issued = await x509.X509CertificateGenerator.create({
        serialNumber: '02',
        subject: `CN=${gateway}`,
        issuer: ca.subject,
        ...validity(),
        signingAlgorithm: ecdsa,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        extensions: [
          new x509.ExtendedKeyUsageExtension([
            x509.ExtendedKeyUsage.clientAuth,
            x509.ExtendedKeyUsage.serverAuth,
          ]),
        ],
      });
      return {
        ca: Buffer.from(ca.toString('pem')),
        cert: Buffer.from(issued.toString('pem')),
        key: await privatePem(own.privateKey),
      };
    },
  };
};
