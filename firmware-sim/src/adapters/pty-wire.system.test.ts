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
import { systemClock } from './clock.ts';
import { serveHttp } from './http-server.ts';
import { openPty } from './pty-wire.ts';
import { listenTcp } from './tcp-wire.ts';

const catalogue = await loadCatalogue();
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
    const ports = { clock: systemClock, listenTcp, openPty, serveHttp };
    sim = createSim(ports, parseSimConfig(text(folder), 'sim.yaml', catalogue));
    ({ control } = await sim.start());
  });
  afterEach(async () => {
    await sim.stop();
    expect(existsSync(join(folder, 'scan'))).toBe(false);
    await rm(folder, { recursive: true });
  });
  const present = async (code: string) => {
    const response = await fetch(`${control}/devices/scan/present`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: code }),
    });
    return (await response.json()) as Record<string, unknown>;
  };
  const answerTo = (port: ReturnType<typeof openPort>, line: string): void => {
    let received = '';
    port.stdout.on('data', (chunk: Buffer) => {
      received += chunk.toString();
      if (received === line) port.stdin.write('LAMP green;TONE ok;TEXT 请通行\r\n');
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
    await new Promise<void>((resolve) => void client.close(() => resolve()));
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
