import { compileUsbHid } from '@gatehouse/device-profiles';
import { describe, expect, it } from 'vitest';
import type { KeyboardPorts } from '../ports.ts';
import { keyboardBinding, keyboardModel } from '../testing/push-profiles.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createUsbHid } from './usb-hid.ts';

const codec = compileUsbHid(keyboardModel, keyboardBinding, {});

/** One keyboard in memory, plugged in or not. */
const bench = (port = 'usb') => {
  const clock = createVirtualClock();
  const log = createSilentLog();
  const said: string[] = [];
  const scans: string[] = [];
  const opened: string[] = [];
  let heard: ((chunk: Uint8Array) => void)[] = [];
  let closers: ((cause: string) => void)[] = [];
  const plug = { isIn: true };
  const unplug = (): void => {
    plug.isIn = false;
    heard = [];
    for (const run of closers.splice(0)) run('the device is gone');
  };
  const keyboards: KeyboardPorts = {
    eventBytes: 24,
    open: (name) => {
      opened.push(name);
      if (!plug.isIn) return Promise.reject(new Error('no keyboard'));
      closers = [];
      return Promise.resolve({
        onData: (run) => void heard.push(run),
        onClose: (run) => void closers.push(run),
        close: () => Promise.resolve(unplug()),
      });
    },
  };
  const driver = createUsbHid({
    ...{ deviceId: 'h1', port, codec, model: keyboardModel, keyboards, clock, log },
    onReading: ({ events }) => scans.push(...events.map(({ fields }) => String(fields['text']))),
    onLink: (state) => void said.push(`${clock.monoMs()} ${state}`),
    onCondition: (code, detail) => {
      said.push(`${clock.monoMs()} ${code} ${detail ?? 'over'}`);
    },
  });
  driver.start();
  const type = (text: string): void => {
    for (const run of heard) run(codec.type(text, 24) ?? new Uint8Array());
  };
  return { clock, log, said, scans, opened, driver, plug, unplug, type };
};

describe('a scanner that is a keyboard', () => {
  it('types a code, with a prefix or without', async () => {
    const { clock, type, scans, opened } = bench();
    await clock.settle();
    type(' A0 %');
    type(']Q1B7');
    expect(scans).toEqual([' A0 %', 'B7']);
    expect(opened).toEqual(['usb:05f9:2203']);
  });

  it('is opened by the path that the configuration names', async () => {
    const { clock, opened } = bench('/dev/input/by-path/x-event-kbd');
    await clock.settle();
    expect(opened).toEqual(['/dev/input/by-path/x-event-kbd']);
  });

  it('is back within ten seconds after it was plugged in again', async () => {
    const { clock, type, scans, said, plug, unplug } = bench();
    await clock.settle();
    unplug();
    await clock.advance(60_000);
    plug.isIn = true;
    await clock.advance(10_000);
    type('7');
    expect(scans).toEqual(['7']);
    expect(said.map((line) => line.replace(/^\d+ /, ''))).toEqual([
      'online',
      'serial_lost usb:05f9:2203',
      'silent',
      'serial_lost over',
      'online',
    ]);
  });

  it('takes no command', async () => {
    const { clock, driver } = bench();
    await clock.settle();
    const result = await driver.run('show', {}, { deadlineMs: 1_000 });
    expect(result).toEqual({ outcome: 'failed', code: 'unknown_command' });
  });

  it('shows no frame that may hold a pass, and logs none', async () => {
    const { clock, log, driver, type } = bench();
    const frames: string[] = [];
    driver.tap(({ bytes, meaning }) => frames.push(`${meaning} ${bytes === undefined}`));
    await clock.settle();
    type('SECRET7');
    type('x'.repeat(80));
    expect(frames).toEqual(['scan true', 'too_long true']);
    expect(log.lines.join()).not.toContain('SECRET7');
  });

  it('leaves nothing behind', async () => {
    const { clock, driver, type } = bench();
    await clock.settle();
    type('7');
    driver.stop();
    await clock.advance(10_000);
    expect(clock.timersWaiting()).toBe(0);
  });
});
