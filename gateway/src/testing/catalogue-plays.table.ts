import type { Args, Values } from '@gatehouse/device-profiles';

/** What somebody does to a simulated device. */
type Deed =
  | { readonly act: string }
  | { readonly present: { readonly text: string } | { readonly uid: string } }
  | { readonly set: Values }
  /** Where only a command of ours brings it about. */
  | { readonly run: string; readonly args: Args };

/** What is played with one profile, and what the gateway must hear of it. */
export type Play = {
  /** The device is so before the gateway comes. */
  readonly begins?: Values;
  /** It says so at first, of itself. */
  readonly says?: Values;
  readonly command?: {
    readonly name: string;
    readonly args: Args;
    /** `sent`: the profile knows of no word that it worked. */
    readonly outcome: 'confirmed' | 'sent';
  };
  readonly deed?: Deed;
  readonly hears?: { readonly event: string; readonly fields?: Args } | { readonly values: Values };
  /** So many must be heard on the lossy line, of those that are asked often. */
  readonly readings?: number;
  /** Another thing that it is told to be on the lossy line. */
  readonly becomes?: Values;
  /**
   * Its frames have no checksum, so that a lost byte may make another value of it; which is why
   * nothing that opens or pays hangs on it.
   */
  readonly isUnchecked?: true;
};

/** One row for each profile with a serial or Modbus wire. */
export const catalogue: Readonly<Record<string, Play>> = {
  'advantech-adam-4055': {
    readings: 6,
    begins: { 'state.outputs': 5, 'state.inputs': 1 },
    command: { name: 'setOutputs', args: { outputs: 3 }, outcome: 'confirmed' },
    deed: { set: { 'state.inputs': 2 } },
    hears: { values: { 'state.outputs': 3, 'state.inputs': 2 } },
    becomes: { 'state.inputs': 4 },
    isUnchecked: true,
  },
  'chafon-cf-ru5102': {
    deed: { act: 'carArrives' },
    hears: { event: 'tag', fields: { uid: 'e2806915000050324241cced' } },
  },
  'digicon-tx1500': {
    command: { name: 'openEntry', args: { ms: 5000 }, outcome: 'confirmed' },
    deed: { act: 'walkIn' },
    hears: { event: 'passedEntry' },
  },
  'eastron-sdm320y': {
    begins: { 'telemetry.imported': 77.5, 'state.pulseWidth': 60 },
    command: { name: 'setPulses', args: { perKwh: 'p100' }, outcome: 'sent' },
    deed: { act: 'switchHeaterOn' },
    hears: { values: { 'telemetry.power': 2840 } },
    becomes: { 'telemetry.power': 1500 },
  },
  'eletechsup-r421a08': {
    readings: 30,
    says: { 'state.relay': false },
    command: { name: 'open', args: { ms: 3000 }, outcome: 'confirmed' },
  },
  'gatehouse-barrier-b1': {
    readings: 20,
    begins: { 'telemetry.cycles': 77 },
    command: { name: 'setLight', args: { light: 'green' }, outcome: 'confirmed' },
    deed: { act: 'carArrives' },
    hears: { values: { 'state.waiting': true } },
    becomes: { 'telemetry.cycles': 4321 },
  },
  'gatehouse-pos-p1': {
    begins: { 'state.paper': false },
    command: { name: 'totals', args: {}, outcome: 'confirmed' },
    deed: { act: 'cancel' },
    hears: { event: 'cancelled' },
    becomes: { 'state.paper': true },
  },
  'gatehouse-reader-r1': {
    command: {
      name: 'show',
      args: { lamp: 'green', tone: 'ok', text: 'Hi' },
      outcome: 'sent',
    },
    deed: { present: { uid: '042F5A8A4C5E80' } },
    hears: { event: 'card', fields: { uid: '042F5A8A4C5E80' } },
    isUnchecked: true,
  },
  'gatehouse-scanner-s1': {
    command: { name: 'show', args: { lamp: 'green', tone: 'ok', text: 'Hi' }, outcome: 'sent' },
    deed: { present: { text: ' Ab 7%' } },
    hears: { event: 'scan', fields: { text: ' Ab 7%' } },
    isUnchecked: true,
  },
  'gatehouse-strike-d1': {
    readings: 40,
    begins: { 'state.contact': 'closed' },
    command: { name: 'open', args: { ms: 2000 }, outcome: 'confirmed' },
    deed: { set: { 'state.tamper': true } },
    hears: { values: { 'state.tamper': true } },
    becomes: { 'state.contact': 'open' },
  },
  'gatehouse-turnstile-t1': {
    readings: 60,
    begins: { 'state.fire': false },
    command: { name: 'openEntry', args: { ms: 2000 }, outcome: 'confirmed' },
    deed: { set: { 'state.passageEntry': true } },
    hears: { values: { 'state.passageEntry': true } },
    becomes: { 'state.passageEntry': false },
  },
  'grow-gm65': {
    says: { 'state.speed': 'b9600' },
    command: { name: 'tellSymbology', args: { on: true }, outcome: 'confirmed' },
    deed: { act: 'showPass' },
    hears: { event: 'scan', fields: { text: 'GATE.DEMO.0001' } },
    isUnchecked: true,
  },
  'hilink-ld2410c': {
    readings: 40,
    begins: { 'state.presence': 'still', 'telemetry.distance': 180 },
    command: { name: 'configure', args: {}, outcome: 'confirmed' },
    deed: { act: 'walkIn' },
    hears: { values: { 'state.presence': 'moving', 'telemetry.distance': 310 } },
    becomes: { 'state.presence': 'none', 'telemetry.distance': 0 },
    isUnchecked: true,
  },
  'machpower-ac-atri-018': {
    command: { name: 'ban', args: {}, outcome: 'confirmed' },
    deed: { act: 'walkOut' },
    hears: { event: 'passedExit' },
  },
  'nova-sds011': {
    begins: { 'telemetry.pm25': 55.5 },
    command: { name: 'setPeriod', args: { minutes: 3 }, outcome: 'confirmed' },
    deed: { act: 'dustyDay' },
    hears: { values: { 'telemetry.pm25': 168, 'telemetry.pm10': 310.5 } },
    becomes: { 'telemetry.pm25': 8.1 },
  },
  'solity-door-lock': {
    begins: { 'state.lock': 'locked', 'state.door': 'open' },
    command: { name: 'unlock', args: {}, outcome: 'confirmed' },
    deed: { act: 'finger' },
    hears: { event: 'unlocked', fields: { by: 'finger' } },
    becomes: { 'state.door': 'closed' },
  },
  'transbank-pos-integrado': {
    command: { name: 'lastSale', args: {}, outcome: 'confirmed' },
    deed: { run: 'totals', args: {} },
    hears: { event: 'summed', fields: { count: 5, amount: 60_000 } },
  },
  'waveshare-modbus-rtu-relay-8ch': {
    readings: 30,
    says: { 'state.relay': false },
    command: { name: 'open', args: { ms: 3000 }, outcome: 'confirmed' },
  },
  'winsen-mhz19': {
    begins: { 'telemetry.co2': 777 },
    command: { name: 'calibrateSpan', args: { ppm: 2000 }, outcome: 'sent' },
    deed: { set: { 'telemetry.co2': 1234 } },
    hears: { values: { 'telemetry.co2': 1234 } },
    becomes: { 'telemetry.co2': 432 },
  },
  'xunming-lock-16': {
    readings: 8,
    begins: { 'state.boxes': Array.from({ length: 16 }, (_, i) => (i === 4 ? 'open' : 'closed')) },
    command: { name: 'openBox', args: { box: 3 }, outcome: 'confirmed' },
    deed: { act: 'closeBoxes' },
    hears: { values: { 'state.boxes': Array.from({ length: 16 }, () => 'closed') } },
    becomes: { 'state.boxes': Array.from({ length: 16 }, (_, i) => (i < 8 ? 'open' : 'closed')) },
  },
  'xy-md02': {
    begins: { 'telemetry.temperature': 25.5, 'telemetry.humidity': 51 },
    command: { name: 'setAddress', args: { address: 1 }, outcome: 'confirmed' },
    deed: { act: 'heat' },
    hears: { values: { 'telemetry.temperature': 24.5, 'telemetry.humidity': 38 } },
    becomes: { 'telemetry.temperature': 18.2 },
  },
  'zvt-terminal': {
    command: { name: 'reverse', args: { receipt: 5 }, outcome: 'confirmed' },
    deed: { run: 'closeDay', args: {} },
    hears: { event: 'receiptLine', fields: { text: '** KASSENSCHNITT **' } },
    isUnchecked: true,
  },
};
