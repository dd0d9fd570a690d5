// needs: socat
import { spawn } from 'node:child_process';
import type { ChildProcess, ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadCatalogue } from '@gatehouse/device-profiles';
import modbusSerial from 'modbus-serial';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSimConfig } from '../config.ts';
import { createSim } from '../sim.ts';
import type { Sim } from '../sim.ts';
import { lockProfile, serialCodec } from '../testing.ts';
import { systemClock } from './clock.ts';
import { askHttp } from './http-client.ts';
import { serveHttp } from './http-server.ts';
import { openPty } from './pty-wire.ts';
import { listenTcp } from './tcp-wire.ts';

const catalogue = new Map([...(await loadCatalogue()), [lockProfile.id, lockProfile]]);
const text = (folder: string): string => `control: 127.0.0.1:0
devices:
  - id: scan
    profile: gatehouse-scanner-s1
    listen: tcp://127.0.0.1:0
    pty: ${join(folder, 'scan')}
    door: d
    side: entry
  - id: gate
    profile: gatehouse-turnstile-t1
    listen: tcp://127.0.0.1:0
    pty: ${join(folder, 'gate')}
    door: d
  - id: gate-2
    profile: gatehouse-turnstile-t1
    listen: tcp://127.0.0.1:0
    pty: ${join(folder, 'gate')}
    unit: 2
  - id: lock
    profile: test-lock
    listen: tcp://127.0.0.1:0
    pty: ${join(folder, 'lock')}
  - id: lock-2
    profile: test-lock
    listen: tcp://127.0.0.1:0
    pty: ${join(folder, 'lock')}
    params: { address: 2 }
`;

/** Another program at the other end of the port. */
const openPort = (path: string): ChildProcessByStdio<Writable, Readable, null> =>
  spawn('socat', ['-t', '0', 'STDIO', `${path},rawer`], { stdio: ['pipe', 'pipe', 'inherit'] });
const closePort = async (port: ChildProcess): Promise<void> => {
  port.kill('SIGTERM');
  await once(port, 'exit');
};

describe('devices on a serial port', () => {
  let folder = '';
  let sim: Sim;
  let control = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-sim-'));
    const ports = { clock: systemClock, listenTcp, openPty, serveHttp, askHttp };
    sim = createSim(ports, parseSimConfig(text(folder), 'sim.yaml', catalogue));
    ({ control } = await sim.start());
  });
  afterEach(async () => {
    await sim.stop();
    expect(existsSync(join(folder, 'scan'))).toBe(false);
    await rm(folder, { recursive: true });
  });
  const post = async (path: string, body: unknown) => {
    const response = await fetch(`${control}/devices/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, unknown>;
  };
  const present = (code: string) => post('scan/present', { text: code });
  const answerTo = (port: ReturnType<typeof openPort>, line: string): void => {
    let received = '';
    port.stdout.on('data', (chunk: Buffer) => {
      received += chunk.toString();
      if (received === `${line}\n`) port.stdin.write('LAMP green;TONE ok;TEXT 请通行\r\n');
    });
  };

  it('a scanner: line out, feedback in, every byte as it is', async () => {
    const port = openPort(join(folder, 'scan'));
    answerTo(port, ' A0 \r');
    expect(await present(' A0 ')).toMatchObject({ lamp: 'green', tone: 'ok', text: '请通行' });
    await closePort(port);
  });

  it('the port can be opened again after it was closed', async () => {
    const first = openPort(join(folder, 'scan'));
    answerTo(first, 'A1\r');
    expect(await present('A1')).toMatchObject({ lamp: 'green' });
    await closePort(first);
    await sleep(1_000);
    await expect.poll(() => existsSync(join(folder, 'scan')), { timeout: 5_000 }).toBe(true);
    const port = openPort(join(folder, 'scan'));
    answerTo(port, 'B1\r');
    expect(await present('B1')).toMatchObject({ lamp: 'green' });
    await closePort(port);
  });

  it('a turnstile on Modbus RTU, by the client of modbus-serial', async () => {
    const client = new modbusSerial.default();
    client.setTimeout(2_000);
    await client.connectRTUBuffered(join(folder, 'gate'), { baudRate: 115_200 });
    client.setID(1);
    await client.writeRegister(16, 50);
    expect((await client.readDiscreteInputs(0, 7)).data.slice(0, 2)).toEqual([true, false]);
    await client.writeCoil(0, false);
    expect((await client.readDiscreteInputs(0, 7)).data.slice(0, 2)).toEqual([false, false]);
    await expect(client.readCoils(40, 1)).rejects.toMatchObject({ modbusCode: 2 });
    client.setID(2);
    await client.writeRegister(17, 50);
    expect((await client.readDiscreteInputs(0, 7)).data.slice(0, 2)).toEqual([false, true]);
    client.setID(1);
    expect((await client.readDiscreteInputs(0, 7)).data.slice(0, 2)).toEqual([false, false]);
    await new Promise<void>((resolve) => void client.close(() => resolve()));
  });

  /** The codec of each lock at one end of the line, as a gateway has them. */
  const openLocks = (port: ReturnType<typeof openPort>) => {
    const heard: string[] = [];
    const [first, second] = [1, 2].map((address) => serialCodec(lockProfile, { address }));
    if (first === undefined || second === undefined) throw new Error('two locks');
    const decoder = first.createDecoder();
    port.stdout.on('data', (chunk: Buffer) => {
      for (const output of decoder.push(chunk, performance.now())) {
        if (output.kind === 'fault') continue;
        for (const [address, codec] of [first, second].entries()) {
          const read = codec.read(output.bytes);
          if (!read.ok) continue;
          const { values, events } = read.reading;
          const said = values['state.lock'] ?? events[0]?.fields['uid'] ?? '';
          heard.push(`${address + 1} ${read.message} ${String(said)}`.trim());
        }
      }
    });
    const poll = (codec: typeof first): void => {
      for (const { bytes } of codec.polls) port.stdin.write(bytes);
    };
    const unlock = (codec: typeof first): void => {
      const encoded = codec.encode('unlock', { ms: 400 });
      if (encoded.ok) for (const { bytes } of encoded.sends) port.stdin.write(bytes);
    };
    return { heard, first, second, poll, unlock };
  };

  it('two locks on one line: polls, a command, its end, a card', async () => {
    const port = openPort(join(folder, 'lock'));
    const { heard, first, second, poll, unlock } = openLocks(port);
    const next = async (words: string): Promise<void> => {
      await expect.poll(() => heard.shift(), { timeout: 5_000 }).toBe(words);
    };
    poll(first);
    await next('1 status locked');
    unlock(second);
    await next('2 done');
    await sleep(100);
    poll(second);
    await next('2 status unlocked');
    poll(first);
    await next('1 status locked');
    await sleep(500);
    poll(second);
    await next('2 status locked');
    await post('lock-2/act', { action: 'swipe' });
    await next('2 card 04A1B2C3');
    await closePort(port);
  });

  it('on a line that loses bytes, most polls are answered and none is wrong', async () => {
    const port = openPort(join(folder, 'lock'));
    const { heard, first, poll } = openLocks(port);
    await post('lock/faults', { lossy: true, badChecksum: true });
    for (let asked = 0; asked < 60; asked += 1) {
      poll(first);
      await sleep(30);
    }
    await expect.poll(() => heard.length, { timeout: 5_000 }).toBeGreaterThan(15);
    expect(heard.length).toBeLessThan(60);
    expect(new Set(heard)).toEqual(new Set(['1 status locked']));
    await closePort(port);
  });

  it('never takes the place of a file', async () => {
    const path = join(folder, 'precious');
    await writeFile(path, 'keep me');
    const accept = () => ({ onData: () => undefined, onClose: () => undefined });
    await expect(openPty({ path, accept })).rejects.toMatchObject({ code: 'SIM_PTY' });
    await expect(openPty({ path: join(folder, 'no', 'x'), accept })).rejects.toMatchObject({
      code: 'SIM_PTY',
    });
    expect(existsSync(path)).toBe(true);
  });
});
