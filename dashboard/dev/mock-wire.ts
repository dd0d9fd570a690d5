import type { DeviceLiveView, DeviceView, LiveFrame } from '@gatehouse/protocols';
import { iso } from './mock-state.ts';
import type { MockPorts } from './mock-state.ts';

const liveEveryMs = 500;

type Made = Omit<LiveFrame, 'at' | 'bytes'> & { readonly bytes?: number };

const poll: Made = {
  direction: 'out',
  hex: '01020000000779c8',
  meaning: 'read discrete 0-6',
  isFault: false,
};

const frames: readonly (readonly Made[])[] = [
  [poll, { direction: 'in', hex: '010201002048', meaning: 'discrete 0-6', isFault: false }],
  [poll, { direction: 'in', hex: '010201012188', meaning: 'discrete 0-6', isFault: false }],
  [poll, { direction: 'in', hex: '0102010121f8', meaning: 'bad checksum', isFault: true }],
  [
    {
      direction: 'out',
      hex: '010300000012c5c7',
      meaning: 'read input 0-17',
      isFault: false,
    },
    {
      direction: 'in',
      hex:
        '0103244365cccd41012e1444e5400000000000' + '00000000003f7d70a400000000427c00004698fa8a1b2c',
      meaning: 'power, voltage, current',
      isFault: false,
    },
  ],
];

const scanFrames: readonly (readonly Made[])[] = [
  [],
  [],
  [{ direction: 'in', bytes: 122, meaning: 'scan', isFault: false }],
  [{ direction: 'out', hex: '0253484f5720477265656e03', meaning: 'show', isFault: false }],
  [],
  [{ direction: 'in', hex: '00ff', meaning: 'unknown message', isFault: true }],
];

/** One device's wire, as its gateway would tell of it. @returns ends it */
export const tellWire = (
  ports: MockPorts,
  device: DeviceView,
  send: (live: DeviceLiveView) => void,
): (() => void) => {
  const rows = device.family === 'scanner' ? scanFrames : frames;
  let n = 0;
  let answered = 18_240;
  let bad = 3;
  const tell = (): void => {
    const atMs = ports.nowMs();
    const made = device.state === 'online' ? (rows[n % rows.length] ?? []) : [poll];
    n += 1;
    answered += made.some(({ direction, isFault }) => direction === 'in' && !isFault) ? 1 : 0;
    bad += made.some(({ isFault }) => isFault) ? 1 : 0;
    send({
      at: iso(atMs),
      values: { 'telemetry.power': 1_800 + Math.round(ports.random() * 60) },
      health: {
        answered,
        missed: device.state === 'online' ? 12 : 12 + n,
        badFrames: bad,
        roundTripMs: device.family === 'scanner' ? null : 11.4,
        lastHeardAt: device.state === 'online' ? atMs : atMs - 1_900_000,
        everyMs: device.family === 'scanner' ? null : { wish: 50, actual: 80 },
      },
      frames: made.map((frame, i) => ({
        ...frame,
        at: atMs - 12 * (made.length - i),
        bytes: frame.bytes ?? (frame.hex?.length ?? 0) / 2,
      })),
      dropped: 0,
    });
    cancel = ports.after(liveEveryMs, tell);
  };
  let cancel = ports.after(0, tell);
  return () => {
    cancel();
  };
};
