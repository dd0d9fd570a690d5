import { units } from '../language/units.ts';

/** One place of the sample changed: what it is, from, to, and every fault that this makes. */
export const brokenProfiles: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    'unknown family',
    'family: lock',
    'family: doorlock',
    [
      '5:9 family must be one of scanner, door, turnstile, lock, locker, barrier, relay, pos, printer, reader, presence, environment, meter',
    ],
  ],
  [
    'unknown transport',
    'transport: modbus',
    'transport: modbuss',
    ['96:16 bindings.modbus.transport must be "serial" or "modbus" or "usb-hid" or "http-push"'],
  ],
  [
    'misspelt key in framing',
    'silenceMs: 100',
    'silenceMS: 100',
    [
      '50:7 bindings.serial.framing lacks silenceMs',
      '56:7 bindings.serial.framing.silenceMS is not an option here: did you mean silenceMs?',
    ],
  ],
  [
    'framing kind',
    'kind: frames',
    'kind: frame',
    ['50:13 bindings.serial.framing.kind must be "lines" or "frames" or "silence"'],
  ],
  [
    'misspelt key of a field',
    "bits: '1', value: state.tamper }",
    "bits: '1', valeu: state.tamper }",
    [
      '63:43 bindings.serial.messages.status.fields.3.valeu is not an option here: did you mean value?',
    ],
  ],
  [
    'misspelt key of a vector',
    'error: bad_checksum',
    'eror: bad_checksum',
    ['118:65 vectors.0.eror is not an option here: did you mean error?'],
  ],
  [
    'wrong type of a field',
    'type: u16, scale: 0.01',
    'type: u17, scale: 0.01',
    [
      '66:21 bindings.serial.messages.status.fields.6.type must be one of u8, i8, u16, i16, u24, i24, u32, i32, u48, u64, i64, f32, f64, u16le, i16le, u24le, i24le, u32le, i32le, u48le, u64le, i64le, f32le, f64le, bcd, digits, hexdigits, text, utf8, hex',
    ],
  ],
  [
    'wrong hex',
    'in: 02 07 01 06 00 03',
    'in: 02 07 0',
    ['118:46 vectors.0.in must be bytes as pairs of hexadecimal digits, such as 02 1A'],
  ],
  [
    'unknown unit',
    'unit: V',
    'unit: Volt',
    [`25:36 model.telemetry.voltage.unit must be one of ${units.join(', ')}`],
  ],
  [
    'a name with a hyphen',
    '    beep:\n      title',
    '    be-ep:\n      title',
    [
      '40:5 model.commands.be-ep cannot be a name: use letters and digits, a small letter first, such as doorState',
    ],
  ],
  [
    'unknown norm',
    'norm: door.tamper',
    'norm: door.temper',
    ['22:21 model.state.tamper.norm is unknown: did you mean door.tamper?'],
  ],
  [
    'norm of another part',
    'norm: door.tamper',
    'norm: door.open_exit',
    ['22:21 model.state.tamper.norm is a word of commands and no word of state'],
  ],
  [
    'norm of another type',
    'norm: door.tamper, type: boolean',
    'norm: door.contact, type: boolean',
    ['22:21 model.state.tamper.norm needs type: enum'],
  ],
  [
    'norm with other values',
    'values: [closed, open], class: door }\n    tamper',
    'values: [closed, ajar], class: door }\n    tamper',
    [
      '21:14 model.state.contact needs valueTitles of ajar',
      '21:22 model.state.contact.norm knows the values closed, open and not ajar',
      '64:49 bindings.serial.messages.status.fields.4.enum maps to open, no value of state.contact: use closed, ajar',
      '104:15 bindings.modbus.registers.0.enum maps to open, no value of state.contact: use closed, ajar',
    ],
  ],
  [
    'norm without its argument',
    'args: { ms: { type: integer, unit: ms, min: 100, max: 25500, default: 3000 } }',
    'args: { time: { type: integer, unit: ms, min: 100, max: 25500, default: 3000 } }',
    [
      '34:13 model.commands.open.norm needs the argument ms',
      '39:21 model.commands.open.args.time needs a title: { zh: …, en: … }',
      '83:46 bindings.serial.commands.open.0.fields.2.value args.ms is unknown: did you mean args.time?',
      '116:75 bindings.modbus.commands.open.0.value args.ms is unknown: did you mean args.time?',
      '127:58 simulate.react.open.1.afterMs args.ms is unknown: did you mean args.time?',
    ],
  ],
  [
    'no title',
    'voltage: { type: number, unit: V, min: 0, max: 30, title: { zh: 电压, en: Voltage } }',
    'voltage: { type: number, unit: V, min: 0, max: 30 }',
    ['25:14 model.telemetry.voltage needs a norm of the vocabulary or a title: { zh: …, en: … }'],
  ],
  [
    'enum without values',
    'type: enum, values: [closed, open], class: door }\n    tamper',
    'type: enum, class: door }\n    tamper',
    ['21:14 model.state.contact needs values: [ … ]'],
  ],
  [
    'values without titles',
    'valueTitles: { locked: { zh: 锁上, en: locked }, unlocked: { zh: 打开, en: unlocked } }',
    'valueTitles: { locked: { zh: 锁上, en: locked } }',
    ['16:7 model.state.bolt needs valueTitles of unlocked'],
  ],
  [
    'default out of range',
    'max: 25500, default: 3000',
    'max: 25500, default: 30',
    ['39:77 model.commands.open.args.ms.default must be 100 or more'],
  ],
  [
    'min above max',
    'min: 0, max: 30',
    'min: 40, max: 30',
    [
      '25:44 model.telemetry.voltage.min is above max',
      '125:24 simulate.initial.telemetry.voltage must be 40 or more',
    ],
  ],
  [
    'latched unlock',
    '      endsBy: device\n',
    '',
    [
      '34:7 model.commands.open would stay open until it is written off (E6): use what the device ends by itself and say endsBy: device, or give the reason in safety.latch.open',
    ],
  ],
  [
    'door word, other class',
    'norm: door.open_entry\n      class: door',
    'norm: door.open_entry\n      class: audit',
    ['35:14 model.commands.open.class must be door: door.open_entry moves a door'],
  ],
  [
    'confirmBy unknown',
    'confirmBy: { state: bolt,',
    'confirmBy: { state: bolts,',
    ['38:27 model.commands.open.confirmBy.state is unknown: did you mean bolt?'],
  ],
  [
    'confirmBy value',
    'equals: unlocked',
    'equals: open',
    ['38:41 model.commands.open.confirmBy.equals must be one of locked, unlocked'],
  ],
  [
    'confirmBy nothing',
    'confirmBy: { state: bolt, equals: unlocked, withinMs: 1000 }',
    'confirmBy: { withinMs: 1000 }',
    ['38:18 model.commands.open.confirmBy needs exactly one of state, event and reply'],
  ],
  [
    'confirmBy reply',
    'confirmBy: { state: bolt, equals: unlocked, withinMs: 1000 }\n',
    'confirmBy: { event: opened, withinMs: 1000 }\n',
    ['38:27 model.commands.open.confirmBy.event is unknown: use one of card'],
  ],
  [
    'secret',
    '      secret: true\n',
    '',
    ['28:7 model.events.card needs secret: true, because its frames hold a pass or a card'],
  ],
  [
    'password',
    'vendor: Sample',
    'vendor: http://admin:hunter2@lock',
    [
      '7:9 vendor holds a password in an address: a profile is public: make it a param that the installer sets per device',
    ],
  ],
  [
    'framing',
    'checksum: { type: xor, from: 1, to: -2, at: -2 }',
    'checksum: { type: xor, from: 1, to: -1, at: -2 }',
    ['50:7 bindings.serial.framing the checksum would cover itself'],
  ],
  [
    'unknown reply',
    'reply: done\n      beep',
    'reply: don\n      beep',
    ['84:18 bindings.serial.commands.open.0.reply is unknown: did you mean done?'],
  ],
  [
    'unknown event',
    'emit: card',
    'emit: cart',
    [
      '28:7 model.events.card is carried by no binding: let one carry it, or remove it',
      '68:15 bindings.serial.messages.card.emit is unknown: did you mean card?',
    ],
  ],
  [
    'emits without field',
    '          - { type: hex, length: 4, value: event.uid }\n',
    '',
    ['68:9 bindings.serial.messages.card emits card without its field uid'],
  ],
  [
    'unknown path',
    'value: telemetry.battery, unknown',
    'value: telemetry.batery, unknown',
    [
      '65:32 bindings.serial.messages.status.fields.5.value telemetry.batery is unknown: did you mean telemetry.battery?',
    ],
  ],
  [
    'event path without emit',
    'value: telemetry.battery, unknown: [255] }',
    'value: event.battery }',
    [
      '65:32 bindings.serial.messages.status.fields.5.value needs emit: the event whose field event.battery is',
    ],
  ],
  [
    'args in a message',
    'value: telemetry.battery, unknown: [255] }',
    'value: args.ms }',
    [
      '65:32 bindings.serial.messages.status.fields.5.value must begin with state. or telemetry. or event. or params.',
    ],
  ],
  [
    'enum to undeclared',
    "enum: { 0: locked, 1: unlocked }, value: state.bolt }\n          - { at: 4, type: u8, bits: '1'",
    "enum: { 0: locked, 1: open }, value: state.bolt }\n          - { at: 4, type: u8, bits: '1'",
    [
      '62:42 bindings.serial.messages.status.fields.2.enum maps to open, no value of state.bolt: use locked, unlocked',
    ],
  ],
  [
    'enum without map',
    "bits: '0', enum: { 0: locked, 1: unlocked }",
    "bits: '0'",
    [
      '62:21 bindings.serial.messages.status.fields.2.type needs enum: { raw: value }, because state.bolt is enum',
    ],
  ],
  [
    'boolean without map',
    "bits: '1', value: state.tamper",
    "bits: '1..3', value: state.tamper",
    [
      '63:28 bindings.serial.messages.status.fields.3.type needs enum: { 0: false, 1: true }, because state.tamper is boolean',
      '64:13 bindings.serial.messages.status.fields.4 it overlaps the field at 4',
    ],
  ],
  [
    'fraction to integer',
    '{ type: u8, value: telemetry.battery, unknown',
    '{ type: u8, scale: 0.5, value: telemetry.battery, unknown',
    [
      '65:21 bindings.serial.messages.status.fields.5.type gives fractions, and telemetry.battery is integer',
    ],
  ],
  [
    'text to number',
    '{ type: hex, length: 4, value: event.uid }',
    '{ type: u32, value: event.uid }',
    ['72:21 bindings.serial.messages.card.fields.2.type is a number, and event.uid is text'],
  ],
  [
    'overlapping fields',
    "{ at: 4, type: u8, bits: '2'",
    "{ at: 4, type: u8, bits: '1'",
    ['64:13 bindings.serial.messages.status.fields.4 it overlaps the field at 4'],
  ],
  [
    'command not carried',
    '    polls:\n',
    '    pols:\n',
    ['91:5 bindings.serial.pols is not an option here: did you mean polls?'],
  ],
  [
    'uncarried telemetry',
    'voltage: { type',
    'current: { type: number, unit: A, title: { zh: 电流, en: Current } }\n    voltage: { type',
    [
      '25:14 model.telemetry.current is carried by no binding: let one carry it, or remove it',
      '122:5 simulate.initial lacks telemetry.current',
    ],
  ],
  [
    'uncarried command',
    '    beep:\n      title',
    '    ring: { title: { zh: 铃, en: Ring }, class: telemetry, expiresInMs: 1000 }\n    beep:\n      title',
    ['40:11 model.commands.ring is carried by no binding: let one carry it, or remove it'],
  ],
  [
    'unknown command',
    '      beep:\n        - fields',
    '      beeep:\n        - fields',
    [
      '41:7 model.commands.beep is carried by no binding: let one carry it, or remove it',
      '86:9 bindings.serial.commands.beeep is unknown: did you mean beep?',
    ],
  ],
  [
    'shadowed message',
    '{ type: u8, const: 21 }',
    '{ type: u8, const: 6 }',
    [
      '76:9 bindings.serial.messages.busy never comes: done takes it first; move it up, or give each a const',
    ],
  ],
  [
    'command that cannot be said',
    '{ type: u8, scale: 100, value: args.ms }',
    '{ type: u8, scale: 10, value: args.ms }',
    [
      '80:9 bindings.serial.commands.open cannot say args.ms = 25500: narrow the model or widen the field',
    ],
  ],
  [
    'text in frames',
    '        fields: [{ type: u8, value: params.address }, { type: u8, const: 6 }]',
    "        text: 'OK'",
    ['74:15 bindings.serial.messages.done.text belongs to framing: { kind: lines }: use fields'],
  ],
  [
    'register twice',
    'address: 8, type: u16',
    'address: 11, type: u16',
    ['114:36 bindings.modbus.registers.4.address is read as telemetry.battery too (registers.1)'],
  ],
  [
    'bits twice',
    "bits: '7', value: state.tamper",
    "bits: '1', value: state.tamper",
    ['113:36 bindings.modbus.registers.3.address is read as state.bolt too (registers.2)'],
  ],
  [
    'a bit in a register',
    "{ table: holding, address: 9, type: u16, bits: '7'",
    '{ table: holding, address: 9, type: bit',
    [
      '113:36 bindings.modbus.registers.3.address is read as state.bolt too (registers.2)',
      "113:45 bindings.modbus.registers.3.type must be u16 with bits: '…': it is a register",
    ],
  ],
  [
    'past the last address',
    'address: 10, type: f32',
    'address: 65535, type: f32',
    ['114:36 bindings.modbus.registers.4.address ends above 65535, the last address there is'],
  ],
  [
    'block too big',
    'missesMax: 3 }',
    'missesMax: 3, blockMax: 200 }',
    ['99:72 bindings.modbus.poll.blockMax must be 125 or less: no reply holds more registers'],
  ],
  [
    'value wider than a block',
    'missesMax: 3 }',
    'missesMax: 3, blockMax: 1 }',
    [
      '114:9 bindings.modbus.registers.4 needs 2 in one reply, and one holds 1: use fewer or several lists',
    ],
  ],
  [
    'rtu without line',
    '    modes: [rtu]\n    line: { baud: 9600 }\n',
    '    modes: [rtu]\n',
    ['96:5 bindings.modbus lacks line: RTU needs at least { baud: … }'],
  ],
  [
    'a coil that latches',
    'open: [{ table: holding, address: 16, type: u16, scale: 100, value: args.ms }]',
    'open: [{ table: coil, address: 0, type: bit, const: true }]',
    [
      '116:59 bindings.modbus.commands.open.0.const stays on until it is written off (E6): write a timed register that ends by itself, or give the reason in safety.latch',
    ],
  ],
  [
    'a raw coil that latches',
    'open: [{ table: holding, address: 16, type: u16, scale: 100, value: args.ms }]',
    'open: [{ table: coil, address: 0, type: u16, const: 65280 }]',
    [
      '116:59 bindings.modbus.commands.open.0.const stays on until it is written off (E6): write a timed register that ends by itself, or give the reason in safety.latch',
    ],
  ],
  [
    'const and value',
    'scale: 100, value: args.ms }]',
    'const: 1, value: args.ms }]',
    ['116:14 bindings.modbus.commands.open.0 needs exactly one of const and value'],
  ],
  [
    'value read twice',
    "bits: '7', value: state.tamper",
    "bits: '7', value: state.bolt",
    [
      '113:45 bindings.modbus.registers.3.type needs enum: { raw: value }, because state.bolt is enum',
      '113:68 bindings.modbus.registers.3.value state.bolt is read twice',
    ],
  ],
  ['initial lacks', '    state.tamper: false\n', '', ['121:5 simulate.initial lacks state.tamper']],
  [
    'initial unfit',
    'state.bolt: locked\n    state.contact',
    'state.bolt: lock\n    state.contact',
    ['121:17 simulate.initial.state.bolt must be one of locked, unlocked'],
  ],
  [
    'react to nothing',
    '  react:\n    open:',
    '  react:\n    opn:',
    ['127:10 simulate.react.opn is unknown: did you mean open?'],
  ],
  [
    'react arg',
    'afterMs: args.ms',
    'afterMs: args.sm',
    ['127:58 simulate.react.open.1.afterMs args.sm is unknown: did you mean args.ms?'],
  ],
  [
    'vector binding',
    '{ binding: serial, source',
    '{ binding: serail, source',
    ['118:16 vectors.0.binding is unknown: did you mean serial?'],
  ],
  [
    'vector without outcome',
    'in: 02 07 01 06 00 03, error: bad_checksum',
    'in: 02 07 01 06 00 03',
    ['118:5 vectors.0 needs out or error'],
  ],
  [
    'vector error code',
    'error: bad_checksum',
    'error: bad_chksum',
    ['118:72 vectors.0.error is unknown: did you mean bad_checksum?'],
  ],
  [
    'vector state',
    'error: bad_checksum',
    'out: { state: { bolt: open } }',
    ['118:87 vectors.0.out.state.bolt must be one of locked, unlocked'],
  ],
  [
    'identify',
    "usb: '1a86:7523'",
    'answersVector: 0',
    ['10:46 identify.0.answersVector must be the place of a vector of serial with tx and in'],
  ],
];
