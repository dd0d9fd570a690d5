import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
  closeSync,
} from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyLineDecoder, createTyping } from '@gatehouse/protocols';
import type { KeyLineOutput } from '@gatehouse/protocols';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSilentLog } from '../testing/silent-log.ts';
import { createKeyboardPorts } from './evdev.ts';
import type { EvdevPlaces } from './evdev.ts';

// A named pipe stands in for the event node of a scanner: opened, polled and read in the same way.
// What it cannot show is the kernel's side: real keys, unplugging (ENODEV) and SYN_DROPPED.

let folder = '';
let places: EvdevPlaces = { sysInput: '', devInput: '' };
let writers: number[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-keys-'));
  places = { sysInput: join(folder, 'sys'), devInput: join(folder, 'dev') };
  mkdirSync(places.sysInput);
  mkdirSync(places.devInput);
});
afterEach(() => {
  for (const fd of writers.splice(0)) closeSync(fd);
  rmSync(folder, { recursive: true, force: true });
});

/** An event node, and what types into it. */
const node = (
  name: string,
): { path: string; write: (bytes: Uint8Array) => void; end: () => void } => {
  const path = join(places.devInput, name);
  execFileSync('mkfifo', [path]);
  const fd = openSync(path, 'r+');
  writers.push(fd);
  return {
    path,
    write: (bytes) => void writeSync(fd, bytes),
    end: () => {
      closeSync(fd);
      writers = writers.filter((other) => other !== fd);
    },
  };
};

/** As /sys/class/input shows it; `key` with the words of `capabilities/key`. */
const sysEntry = (name: string, ids: string, key: string): void => {
  const device = join(places.sysInput, name, 'device');
  mkdirSync(join(device, 'id'), { recursive: true });
  mkdirSync(join(device, 'capabilities'), { recursive: true });
  const [vendor = '', product = ''] = ids.split(':');
  writeFileSync(join(device, 'id/vendor'), `${vendor}\n`);
  writeFileSync(join(device, 'id/product'), `${product}\n`);
  writeFileSync(join(device, 'capabilities/key'), `${key}\n`);
};
/** Of a common USB keyboard, and of its second node for volume keys. */
const keyboard = '1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe';
const volume = [
  '3f000303ff 0 0 483ffff17aff32d bfd4444600000000 1 130ff38b17c000',
  '677bfad9415fed 19ed68000004400 10000002',
].join(' ');

const ports = () => createKeyboardPorts(createSilentLog(), places);
const options = { layout: 'us', endKey: 'enter', charsMax: 64, silenceMs: 200 } as const;

describe('event nodes', () => {
  it('reads what is typed, and the thread pool stays free with many of them', async () => {
    const { eventBytes, open } = ports();
    const type = createTyping({ ...options, eventBytes });
    const nodes = ['a', 'b', 'c', 'd', 'e', 'f'].map(node);
    const lines = await Promise.all(nodes.map(({ path }) => open(path)));
    const heard = lines.map(
      (line) =>
        new Promise<KeyLineOutput>((resolve) => {
          const decoder = createKeyLineDecoder({ ...options, eventBytes });
          line.onData((chunk) => decoder.push(chunk, 0).forEach(resolve));
        }),
    );
    // All six wait for a key now; the pool has four threads.
    expect(await readdir(places.devInput)).toHaveLength(6);
    for (const [i, { write }] of nodes.entries()) write(type(`Door ${i}`) ?? new Uint8Array());
    expect(await Promise.all(heard)).toEqual(
      nodes.map((_, i) => ({ kind: 'line', text: `Door ${i}` })),
    );
    await Promise.all(lines.map((line) => line.close()));
  });

  it('closes while it waits, once, and says who closed it', async () => {
    const line = await ports().open(node('a').path);
    const causes: string[] = [];
    line.onClose((cause) => causes.push(cause));
    await Promise.all([line.close(), line.close()]);
    line.onClose((cause) => causes.push(cause));
    expect(causes).toEqual(['closed by the gateway', 'closed by the gateway']);
  });

  it('says when the device is gone', async () => {
    const { path, write, end } = node('a');
    const line = await ports().open(path);
    const gone = new Promise<string>((resolve) => {
      line.onClose(resolve);
      // A pipe only ends for a reader that has opened it.
      line.onData(end);
    });
    write(new Uint8Array(24));
    expect(await gone).toBe('the device is gone');
    await line.close();
  });

  it.each([
    ['a node that is not there', 'nowhere', /ENOENT/],
    ['a file', 'file', /is no event node/],
    ['ids that nobody has', 'usb:1111:2222', /no keyboard with these ids/],
    ['ids that two have', 'usb:05f9:2203', /2 keyboards have these ids: name one of/],
  ])('refuses %s', async (_, port, why) => {
    writeFileSync(join(folder, 'file'), '');
    sysEntry('event1', '05f9:2203', keyboard);
    sysEntry('event2', '05f9:2203', keyboard);
    sysEntry('event3', '1111:2222', volume);
    const path = port.startsWith('usb:') ? port : join(folder, port);
    await expect(ports().open(path)).rejects.toThrow(why);
  });

  it('finds the one keyboard with these ids, and not its other nodes', async () => {
    sysEntry('event7', '05f9:2203', volume);
    sysEntry('event8', '05f9:2203', keyboard);
    sysEntry('event9', '05f9:2204', keyboard);
    sysEntry('mouse0', '05f9:2203', keyboard);
    mkdirSync(join(places.sysInput, 'event10'));
    node('event8');
    const line = await ports().open('usb:05f9:2203');
    await line.close();
  });
});
