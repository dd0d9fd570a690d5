import 'reflect-metadata';
import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keyUses, signedTypes } from '@gatehouse/protocols';
import type { KeyList, KeyUse } from '@gatehouse/protocols';
import * as x509 from '@peculiar/x509';
import { calculateJwkThumbprint, CompactSign, exportJWK, generateKeyPair, importJWK } from 'jose';
import type { JWK } from 'jose';
import type { Signer } from '../ports.ts';

/**
 * Keys and certificates of a development deployment, made on first start. In production the root
 * key stays offline and the authority is the school's own; the files and their names are the same.
 */
export type Trust = {
  readonly signer: Signer;
  readonly ca: string;
  /** For the broker and the gateway listener. */
  readonly server: ServerFiles;
  /**
   * For phones on the network: names these IPv4 addresses. Kept, so that a phone that once accepted
   * it is not asked again while the addresses stay the same.
   */
  readonly issueLan: (addresses: readonly string[]) => Promise<ServerFiles>;
  /** Public root key, JWK as JSON: what a gateway pins. */
  readonly root: string;
  /** Writes `ca.pem`, `gateway.pem`, `gateway.key.pem`, `root.jwk` for one box. */
  readonly issueGateway: (gateway: string, dir: string) => Promise<void>;
};

/** PEM texts. */
export type ServerFiles = { readonly certificate: string; readonly key: string };

const dayMs = 24 * 60 * 60 * 1000;
const gatewayDays = 90;
const authorityDays = 3650;
const signingDays = 365;
const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const secretMode = 0o600;

// Node's WebCrypto is the browser's; their type declarations differ in details.
x509.cryptoProvider.set(webcrypto as unknown as Crypto);

/** @param nowMs unix milliseconds */
export const openDevelopmentTrust = async (dir: string, nowMs: () => number): Promise<Trust> => {
  await makePrivate(dir);
  await makePrivate(join(dir, 'signing'));
  const root = await keyFile(join(dir, 'root.private.jwk'));
  const authority = await openAuthority(dir, nowMs);
  const signing = new Map<KeyUse, SigningKey>();
  for (const use of keyUses) signing.set(use, await keyFile(join(dir, 'signing', `${use}.jwk`)));
  const list = await openKeyList(dir, root, signing, nowMs);
  const rootText = `${JSON.stringify(publicOf(root.jwk), null, 2)}\n`;
  await writeAtomic(join(dir, 'root.jwk'), rootText);
  const openServer = (site: Site): Promise<ServerFiles> => serverFiles(dir, authority, site, nowMs);
  const server = await openServer({ file: 'server', name: 'localhost', addresses: ['127.0.0.1'] });

  return {
    signer: {
      keyList: () => list,
      sign: async (use, typ, payload) => {
        const key = signing.get(use);
        if (key === undefined) throw new Error(`no signing key for ${use}`);
        return signWith(key, typ, payload);
      },
    },
    ca: authority.pem,
    server,
    issueLan: (addresses) => openServer({ file: 'lan', name: 'gatehouse-demo', addresses }),
    root: rootText,
    issueGateway: async (gateway, out) => {
      const issued = await issue(authority, {
        name: gateway,
        addresses: [],
        usage: 'gateway',
        days: gatewayDays,
        nowMs: nowMs(),
      });
      await makePrivate(out);
      await writeAtomic(join(out, 'ca.pem'), authority.pem);
      await writeAtomic(join(out, 'root.jwk'), rootText);
      await writeAtomic(join(out, 'gateway.key.pem'), issued.key);
      await writeAtomic(join(out, 'gateway.pem'), issued.certificate);
    },
  };
};

type SigningKey = { readonly kid: string; readonly jwk: JWK };

const signWith = async (key: SigningKey, typ: string, payload: unknown): Promise<string> =>
  new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'ES256', kid: key.kid, typ })
    .sign(await importJWK(key.jwk, 'ES256'));

type PublicJwk = KeyList['keys'][number]['jwk'];

const publicOf = ({ x = '', y = '' }: JWK): PublicJwk => ({ kty: 'EC', crv: 'P-256', x, y });

const read = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    // Every error of the file system has a code.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** This folder alone: those above it may be needed by others, the database's user for one. */
const makePrivate = async (dir: string): Promise<void> => {
  await mkdir(dir, { recursive: true });
  await chmod(dir, 0o700);
};

/** Whole or not at all: a power cut must not leave half a key. */
const writeAtomic = async (file: string, text: string): Promise<void> => {
  await writeFile(`${file}.new`, text, { mode: secretMode });
  await rename(`${file}.new`, file);
};

const keyFile = async (file: string): Promise<SigningKey> => {
  const held = await read(file);
  if (held !== undefined) {
    // Written below, whole or not at all.
    const jwk = JSON.parse(held) as JWK;
    return { kid: await calculateJwkThumbprint(jwk), jwk };
  }
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  await writeAtomic(file, `${JSON.stringify(jwk)}\n`);
  return { kid: await calculateJwkThumbprint(jwk), jwk };
};

const openKeyList = async (
  dir: string,
  root: SigningKey,
  signing: ReadonlyMap<KeyUse, SigningKey>,
  nowMs: () => number,
): Promise<{ serial: number; jws: string }> => {
  const file = join(dir, 'keys.json');
  const held = await read(file);
  const kids = [...signing.values()].map(({ kid }) => kid).join(' ');
  if (held !== undefined) {
    // Written below, whole or not at all.
    const list = JSON.parse(held) as { serial: number; kids: string; to: number; jws: string };
    if (list.kids === kids && list.to - nowMs() > 30 * dayMs) return list;
  }
  const at = nowMs();
  const to = at + signingDays * dayMs;
  const keys = [...signing].map(([use, { kid, jwk }]) => ({
    kid,
    use,
    jwk: publicOf(jwk),
    // A gateway whose clock is a little behind must not refuse a fresh key.
    from: at - dayMs,
    to,
  }));
  // The serial is the second of issue: higher than any before, also after a restore.
  const serial = Math.floor(at / 1000);
  const list: KeyList = { serial, issuedAt: at, keys };
  const jws = await signWith(root, signedTypes.keys, list);
  await writeAtomic(file, `${JSON.stringify({ serial, kids, to, jws })}\n`);
  return { serial, jws };
};

type Authority = {
  readonly pem: string;
  readonly certificate: x509.X509Certificate;
  readonly key: CryptoKey;
};

const openAuthority = async (dir: string, nowMs: () => number): Promise<Authority> => {
  const keyPem = await read(join(dir, 'ca.key.pem'));
  const pem = await read(join(dir, 'ca.pem'));
  if (keyPem !== undefined && pem !== undefined) {
    const der = x509.PemConverter.decodeFirst(keyPem);
    const key = await webcrypto.subtle.importKey('pkcs8', der, ecdsa, false, ['sign']);
    // Node's WebCrypto is the browser's; their type declarations differ in details.
    return { pem, certificate: new x509.X509Certificate(pem), key: key as CryptoKey };
  }
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: 'CN=Gatehouse development authority',
    notBefore: new Date(nowMs() - dayMs),
    notAfter: new Date(nowMs() + authorityDays * dayMs),
    signingAlgorithm: ecdsa,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
    ],
  });
  const text = `${certificate.toString('pem')}\n`;
  // The key first: a certificate without its key would look complete at the next start.
  await writeAtomic(join(dir, 'ca.key.pem'), await privatePem(keys.privateKey));
  await writeAtomic(join(dir, 'ca.pem'), text);
  return { pem: text, certificate, key: keys.privateKey };
};

type Site = {
  /** Name of its files, without the ending. */
  readonly file: string;
  readonly name: string;
  /** IPv4. */
  readonly addresses: readonly string[];
};

const isFor = (certificate: x509.X509Certificate, { addresses }: Site): boolean => {
  const named = certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.items ?? [];
  return addresses.every((address) =>
    named.some(({ type, value }) => type === 'ip' && value === address),
  );
};

/** The one that is there while it serves, else a new one. */
const serverFiles = async (
  dir: string,
  authority: Authority,
  site: Site,
  nowMs: () => number,
): Promise<ServerFiles> => {
  const certificate = await read(join(dir, `${site.file}.pem`));
  const key = await read(join(dir, `${site.file}.key.pem`));
  if (certificate !== undefined && key !== undefined) {
    const held = new x509.X509Certificate(certificate);
    const isFresh = held.notAfter.getTime() - nowMs() > 30 * dayMs;
    // A power cut between the two files leaves a pair that does not fit.
    const isPair = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
    if (isFresh && isPair && isFor(held, site)) return { certificate, key };
  }
  const issued = await issue(authority, {
    name: site.name,
    addresses: site.addresses,
    usage: 'server',
    days: gatewayDays,
    nowMs: nowMs(),
  });
  await writeAtomic(join(dir, `${site.file}.key.pem`), issued.key);
  await writeAtomic(join(dir, `${site.file}.pem`), issued.certificate);
  return issued;
};

const usages = {
  // The authority of a claim group serves the other gateways by the same certificate.
  gateway: [x509.ExtendedKeyUsage.clientAuth, x509.ExtendedKeyUsage.serverAuth],
  server: [x509.ExtendedKeyUsage.serverAuth],
} as const;

type Issue = {
  readonly name: string;
  /** IPv4. */
  readonly addresses: readonly string[];
  readonly usage: keyof typeof usages;
  readonly days: number;
  readonly nowMs: number;
};

const issue = async (
  authority: Authority,
  { name, addresses, usage, days, nowMs }: Issue,
): Promise<ServerFiles> => {
  const keys = await newKeys();
  const names: x509.JsonGeneralNames = [
    { type: 'dns', value: name },
    ...addresses.map((value) => ({ type: 'ip' as const, value })),
  ];
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: `CN=${name}`,
    issuer: authority.certificate.subject,
    notBefore: new Date(nowMs - dayMs),
    notAfter: new Date(nowMs + days * dayMs),
    signingAlgorithm: ecdsa,
    publicKey: keys.publicKey,
    signingKey: authority.key,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([...usages[usage]]),
      new x509.SubjectAlternativeNameExtension(names),
    ],
  });
  const key = await privatePem(keys.privateKey);
  return { certificate: `${certificate.toString('pem')}\n`, key };
};

const newKeys = async (): Promise<CryptoKeyPair> =>
  // A pair, as ECDSA gives.
  (await webcrypto.subtle.generateKey(ecdsa, true, ['sign', 'verify'])) as CryptoKeyPair;

const newSerial = (): string => {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return Buffer.from(bytes).toString('hex');
};

const privatePem = async (key: CryptoKey): Promise<string> => {
  const der = await webcrypto.subtle.exportKey('pkcs8', key);
  return `${x509.PemConverter.encode(der, 'PRIVATE KEY')}\n`;
};
