import type { HttpPushBinding, Model, UsbHidBinding } from '@gatehouse/device-profiles';

const word = { type: 'text', charsMax: 40 } as const;
const scan = {
  norm: 'access.code',
  class: 'audit',
  secret: true,
  fields: { text: { type: 'text', charsMax: 512 } },
} as const;
const show = {
  norm: 'reader.show',
  class: 'telemetry',
  expiresInMs: 1_000,
  idempotent: true,
  endsBy: 'device',
  args: { lamp: word, text: word },
} as const;

/** For tests: a head with a relay of its own, which says when it has opened. */
export const pushHeadModel: Model = {
  state: { release: { norm: 'door.release.entry', type: 'boolean', class: 'telemetry' } },
  events: { scan },
  commands: {
    show,
    openEntry: {
      norm: 'door.open_entry',
      class: 'door',
      expiresInMs: 2_000,
      endsBy: 'device',
      confirmBy: { state: 'release', equals: true, withinMs: 1_000 },
      args: { ms: { type: 'integer', unit: 'ms', min: 100, max: 30_000, default: 3_000 } },
    },
  },
};

/** For tests: a head that only reads and shows. */
export const pushReaderModel: Model = { events: { scan }, commands: { show } };

export const pushBinding: HttpPushBinding = {
  transport: 'http-push',
  body: 'json',
  secret: { in: 'header', name: 'X-Device-Key' },
  id: 'seq',
  messages: {
    scan: { when: { type: 'scan' }, fields: { code: 'event.text' }, emit: 'scan' },
    status: { when: { type: 'status' }, fields: { relay: 'state.release' } },
  },
  answers: {
    contentType: 'application/json',
    granted: { body: '{{"open":true,"ms":"{args.ms}","text":"{args.text}"}}' },
    denied: { body: '{{"open":false,"text":"{args.text}"}}' },
    accepted: { body: '{{"ok":true}}' },
  },
  answerWithinMs: 1_500,
};

/** Without a state of its own. */
export const pushReaderBinding: HttpPushBinding = {
  ...pushBinding,
  messages: { scan: { fields: { code: 'event.text' }, emit: 'scan' } },
};

export const keyboardModel: Model = { events: { scan } };
export const keyboardBinding: UsbHidBinding = {
  transport: 'usb-hid',
  ...{ layout: 'us', endKey: 'enter', charsMax: 64, silenceMs: 200, usb: '05f9:2203' },
  messages: {
    qr: { text: ']Q1{event.text}', emit: 'scan' },
    scan: { text: '{event.text}', emit: 'scan' },
  },
};
