/** A lock that speaks frames and Modbus, with something of everything: what tests break. */
export const sampleLock = `apiVersion: profile/v1
kind: DeviceProfile
id: sample-lock
profile: 1.0.0
family: lock
title: { zh: 样锁, en: Sample lock }
vendor: Sample
product: L1
source: invented
identify: [{ binding: serial, usb: '1a86:7523' }]
model:
  params:
    address: { type: integer, min: 1, max: 9, default: 1, title: { zh: 地址, en: Address } }
  state:
    bolt:
      type: enum
      values: [locked, unlocked]
      valueTitles: { locked: { zh: 锁上, en: locked }, unlocked: { zh: 打开, en: unlocked } }
      title: { zh: 锁舌, en: Bolt }
      class: door
    contact: { norm: door.contact, type: enum, values: [closed, open], class: door }
    tamper: { norm: door.tamper, type: boolean, class: door }
  telemetry:
    battery: { type: integer, unit: '%', min: 0, max: 100, title: { zh: 电量, en: Battery } }
    voltage: { type: number, unit: V, min: 0, max: 30, title: { zh: 电压, en: Voltage } }
  events:
    card:
      norm: access.uid
      class: audit
      secret: true
      fields: { uid: { type: text, charsMax: 8 } }
  commands:
    open:
      norm: door.open_entry
      class: door
      expiresInMs: 5000
      endsBy: device
      confirmBy: { state: bolt, equals: unlocked, withinMs: 1000 }
      args: { ms: { type: integer, unit: ms, min: 100, max: 25500, default: 3000 } }
    beep:
      title: { zh: 响, en: Beep }
      class: telemetry
      expiresInMs: 1000
      args: { times: { type: integer, min: 1, max: 9, default: 1, title: { zh: 次数, en: Times } } }
bindings:
  serial:
    transport: serial
    line: { baud: 9600 }
    framing:
      kind: frames
      start: '02'
      end: '03'
      length: { at: 1, type: u8, adds: 0 }
      checksum: { type: xor, from: 1, to: -2, at: -2 }
      frameBytesMax: 32
      silenceMs: 100
    messages:
      status:
        fields:
          - { type: u8, value: params.address }
          - { type: u8, const: 33 }
          - { type: u8, bits: '0', enum: { 0: locked, 1: unlocked }, value: state.bolt }
          - { at: 4, type: u8, bits: '1', value: state.tamper }
          - { at: 4, type: u8, bits: '2', enum: { 0: closed, 1: open }, value: state.contact }
          - { type: u8, value: telemetry.battery, unknown: [255] }
          - { type: u16, scale: 0.01, value: telemetry.voltage }
      card:
        emit: card
        fields:
          - { type: u8, value: params.address }
          - { type: u8, const: 34 }
          - { type: hex, length: 4, value: event.uid }
      done:
        fields: [{ type: u8, value: params.address }, { type: u8, const: 6 }]
      busy:
        refuses: busy
        fields: [{ type: u8, value: params.address }, { type: u8, const: 21 }]
    commands:
      open:
        - fields:
            - { type: u8, value: params.address }
            - { type: u8, const: 1 }
            - { type: u8, scale: 100, value: args.ms }
          reply: done
      beep:
        - fields:
            - { type: u8, value: params.address }
            - { type: u8, const: 2 }
            - { type: u8, value: args.times }
          reply: done
    polls:
      - fields: [{ type: u8, value: params.address }, { type: u8, const: 5 }]
        reply: status
        everyMs: 1000
  modbus:
    transport: modbus
    modes: [rtu]
    line: { baud: 9600 }
    poll: { everyMs: 500, replyTimeoutMs: 200, missesMax: 3 }
    registers:
      - table: discrete
        address: 0
        type: bit
        enum: { 0: closed, 1: open }
        value: state.contact
      - { table: holding, address: 8, type: u16, value: telemetry.battery }
      - table: holding
        address: 9
        type: u16
        bits: 0..1
        enum: { 0: locked, 2: unlocked }
        value: state.bolt
      - { table: holding, address: 9, type: u16, bits: '7', value: state.tamper }
      - { table: holding, address: 10, type: f32, value: telemetry.voltage }
    commands:
      open: [{ table: holding, address: 16, type: u16, scale: 100, value: args.ms }]
vectors:
  - { binding: serial, source: invented, in: 02 07 01 06 00 03, error: bad_checksum }
simulate:
  initial:
    state.bolt: locked
    state.contact: closed
    state.tamper: false
    telemetry.battery: 90
    telemetry.voltage: 12.5
  react:
    open: [{ set: { state.bolt: unlocked } }, { afterMs: args.ms, set: { state.bolt: locked } }]
`;

/** The same with one place changed; a test that changes nothing fails. */
export const changedLock = (from: string, to: string): string => {
  if (!sampleLock.includes(from)) throw new Error(`the sample does not hold ${from}`);
  return sampleLock.replace(from, to);
};
