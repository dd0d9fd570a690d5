import { setTimeout as sleep } from 'node:timers/promises';
import { claimAnswerTopic, claimAskTopic, claimBytesMax } from '@gatehouse/protocols';
import type { Primitives } from '@gatehouse/protocols';
import mqtt from 'mqtt';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { claimGroup, createGroupGateway } from '../testing/claim-group.ts';
import type { GroupGateway } from '../testing/claim-group.ts';
import { createCertificates } from '../testing/certificates.ts';
import { freePort } from '../testing/free-port.ts';
import { createPhone } from '../testing/phone.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { people, policyRows, tuesdayTenMs } from '../testing/small-campus.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createClaimPorts } from './claim-ports.ts';
import type { LinkSecrets } from './mqtt-link.ts';
import { createPrimitives } from './primitives.ts';

const log = createSilentLog();
const names = ['gw-1', 'gw-2', 'gw-3', 'gw-4', 'gw-5', 'stranger'] as const;
let own: ReadonlyMap<string, LinkSecrets> = new Map();
let ofOthers: LinkSecrets | undefined;
beforeAll(async () => {
  const certificates = await createCertificates();
  own = new Map(
    await Promise.all(names.map(async (name) => [name, await certificates.issue(name)] as const)),
  );
  ofOthers = await (await createCertificates()).issue('gw-2');
});

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const secretsOf = (name: string): LinkSecrets => {
  const secrets = own.get(name);
  if (secrets === undefined) throw new Error(`no certificate for ${name}`);
  return secrets;
};
const portsOf = (name: string) =>
  createClaimPorts({ secrets: secretsOf(name), listen: '127.0.0.1', log });

/** The group's broker at gw-1, and what it heard. */
const serve = async () => {
  const port = await freePort();
  const heard: string[] = [];
  const server = await portsOf('gw-1').serve({
    group: 'east',
    port,
    members: ['gw-2', 'gw-3'],
    onAsk: (member, payload) => {
      heard.push(`${member} ${new TextDecoder().decode(payload)}`);
      server.answer(member, `for ${member}`);
    },
  });
  closing.push(server.close);
  const at = { group: 'east', authority: 'gw-1', host: '127.0.0.1', port };
  return { server, heard, port, at };
};

const until = async (isSo: () => boolean): Promise<void> => {
  for (let n = 0; n < 2_000 && !isSo(); n += 1) await sleep(5);
  expect(isSo()).toBe(true);
};

describe('the broker of a claim group', () => {
  it('carries an ask to the authority and the answer to who asked alone', async () => {
    const { at, heard } = await serve();
    const answers: string[] = [];
    const connections = await Promise.all(
      ['gw-2', 'gw-3'].map(async (member) => {
        const connection = await portsOf(member).connect({ ...at, member });
        closing.push(connection.close);
        connection.onAnswer((payload) => {
          answers.push(`${member} ${new TextDecoder().decode(payload)}`);
        });
        return connection;
      }),
    );
    for (const connection of connections) connection.ask('ask');
    await until(() => answers.length === 2);
    expect(heard.toSorted()).toEqual(['gw-2 ask', 'gw-3 ask']);
    expect(answers.toSorted()).toEqual(['gw-2 for gw-2', 'gw-3 for gw-3']);
  });

  it.each([
    ['is no member', 'stranger', 'stranger'],
    ['has the certificate of another member', 'gw-3', 'gw-2'],
    ['is the authority itself', 'gw-1', 'gw-1'],
  ])('lets nobody in who %s', async (_, certificate, member) => {
    const { at } = await serve();
    await expect(portsOf(certificate).connect({ ...at, member })).rejects.toThrow('Not authorized');
  });

  it('lets nobody in with a certificate of another authority', async () => {
    const { at } = await serve();
    if (ofOthers === undefined) throw new Error('no certificate');
    const ports = createClaimPorts({ secrets: ofOthers, listen: undefined, log });
    await expect(ports.connect({ ...at, member: 'gw-2' })).rejects.toThrow();
  });

  it('is believed only by the name in its certificate', async () => {
    const { at } = await serve();
    const asked = portsOf('gw-2').connect({ ...at, authority: 'gw-9', member: 'gw-2' });
    await expect(asked).rejects.toThrow('gw-1 is not gw-9');
  });

  /** A member that speaks MQTT as it likes. */
  const rawClient = async (port: number): Promise<mqtt.MqttClient> => {
    const tls = { ...secretsOf('gw-2'), checkServerIdentity: () => undefined };
    const about = { clientId: 'gw-2', username: 'gw-2', keepalive: 5, reconnectPeriod: 0 };
    const client = mqtt.connect(`mqtts://127.0.0.1:${port}`, {
      ...tls,
      ...about,
      protocolVersion: 4,
    });
    client.on('error', () => undefined);
    closing.push(() => client.endAsync(true));
    await new Promise<void>((resolve) => void client.once('connect', () => resolve()));
    return client;
  };

  it.each([
    ['the ask of another', claimAskTopic('east', 'gw-3'), 'x', 0],
    ['an answer', claimAnswerTopic('east', 'gw-3'), 'x', 0],
    ['to the cloud', 'gh/v1/gw-2/up/batch', 'x', 0],
    ['with QoS 1', claimAskTopic('east', 'gw-2'), 'x', 1],
    ['too much', claimAskTopic('east', 'gw-2'), 'x'.repeat(200 * claimBytesMax), 0],
  ] as const)('ends the connection of who writes %s', async (_, topic, payload, qos) => {
    const { port, heard } = await serve();
    const client = await rawClient(port);
    const closed = new Promise<void>((resolve) => void client.once('close', () => resolve()));
    client.publish(topic, payload, { qos });
    await closed;
    expect(heard).toEqual([]);
  });

  it.each(['#', 'gh/v1/claim/+/answer/+', claimAnswerTopic('east', 'gw-3')])(
    'lets nobody read %s',
    async (topic) => {
      const { port } = await serve();
      const client = await rawClient(port);
      await expect(client.subscribeAsync(topic)).rejects.toThrow('Unspecified error');
    },
  );

  it('tells where its port is taken, and gives it back when it ends', async () => {
    const { at, server } = await serve();
    const again = () => portsOf('gw-1').serve({ ...at, members: ['gw-2'], onAsk: () => undefined });
    await expect(again()).rejects.toThrow('EADDRINUSE');
    const connection = await portsOf('gw-2').connect({ ...at, member: 'gw-2' });
    const closed = new Promise<string>((resolve) => void connection.onClose(resolve));
    await server.close();
    await closed;
    const second = await again();
    closing.push(second.close);
  });
});

/** Five gates verify the same signature: in one process it is enough to do it once. */
const rememberingPrimitives = (): Primitives => {
  const { verify, sha256 } = createPrimitives();
  const known = new Map<string, boolean>();
  return {
    sha256,
    verify: (...asked) => {
      const name = asked.map((part) => Buffer.from(part).toString('latin1')).join(' ');
      const is = known.get(name) ?? verify(...asked);
      known.set(name, is);
      return is;
    },
  };
};

describe('10,000 codes, each at five gates at once, the authority connected', () => {
  const races = 10_000;
  const atOnce = 50;
  /** What a member may ask in the meantime, by the bound on asks. */
  const stepMs = 150;

  it('open exactly one gate each', { timeout: 300_000 }, async () => {
    const port = await freePort();
    const group = { ...claimGroup('gw-1', 'gw-2', 'gw-3', 'gw-4', 'gw-5'), port };
    // Its time stands still while a race runs, so that no stall of this machine makes an island.
    const clock = createVirtualClock(tuesdayTenMs);
    const phones = Array.from({ length: atOnce }, (_, n) => createPhone(`racer ${n}`));
    const rows = [...policyRows, ...phones.map((phone) => phone.row(people.staff.card))];
    const primitives = rememberingPrimitives();
    const gates = group.members.map((gateway): GroupGateway =>
      createGroupGateway({ gateway, clock, claims: portsOf(gateway), group, rows, primitives }),
    );
    closing.push(...gates.map((gate) => gate.stop));
    const isConnected = ({ claims }: GroupGateway): boolean =>
      claims.report().claim?.authority !== 'silent';
    for (let n = 0; n < 400 && !gates.every(isConnected); n += 1) {
      await sleep(20);
      await clock.advance(50);
    }
    expect(gates.every(isConnected)).toBe(true);
    for (let counter = 1; counter <= races / atOnce; counter += 1) {
      const iat = Math.floor(clock.nowMs() / 1000);
      const running = phones.map(async (phone, n) => {
        const text = phone.text({ iat, counter });
        // Before the same reader a renewed code is no attempt of its own while the door is open.
        const reader = `${n}-${counter}`;
        // The authority asks nobody and would win them all: in every other race it comes late.
        const [authority, ...members] = gates;
        const order = members.map((_, i) => members[(i + n + counter) % members.length]);
        const scans = order.map(async (gate) => gate?.scan(text, 'entry', reader));
        if ((n + counter) % 2 === 0) await Promise.race(scans);
        await authority?.scan(text, 'entry', reader);
        await Promise.all(scans);
      });
      await Promise.all(running);
      await clock.advance(stepMs);
    }
    const decisions = gates.flatMap((gate) => gate.decisions());
    const granted = decisions.filter((decision) => decision === 'group granted');
    expect([decisions.length, granted.length]).toEqual([5 * races, races]);
    const isRefusal = (decision: string): boolean => decision.endsWith(' used');
    expect(decisions.filter(isRefusal)).toHaveLength(4 * races);
    expect(gates.reduce((sum, { opened }) => sum + opened.length, 0)).toBe(races);
    const uses = gates.flatMap(({ journal }) =>
      journal
        .events()
        .flatMap(({ kind, data }) =>
          kind === 'access.granted' && 'credential' in data
            ? [`${data.credential ?? ''} ${data.counter ?? ''}`]
            : [],
        ),
    );
    expect(new Set(uses).size).toBe(races);
    for (const { opened } of gates) expect(opened.length).toBeGreaterThan(races / 100);
  });
});
