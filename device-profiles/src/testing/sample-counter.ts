/** A people counter with two kinds of frames and lines of text on one line, and single bytes. */
export const sampleCounter = `apiVersion: profile/v1
kind: DeviceProfile
id: sample-counter
profile: 1.0.0
family: presence
title: { zh: 样计数器, en: Sample counter }
vendor: Sample
product: C1
source: invented
model:
  telemetry:
    people: { type: integer, unit: '1', min: 0, max: 999, title: { zh: 人数, en: People } }
  events:
    card:
      norm: access.uid
      class: audit
      secret: true
      fields: { uid: { type: text, charsMax: 8 } }
  commands:
    reset:
      title: { zh: 清零, en: Reset }
      class: audit
      expiresInMs: 1000
      args: { to: { type: integer, min: 0, max: 99, title: { zh: 值, en: Value } } }
bindings:
  serial:
    transport: serial
    line: { baud: 9600 }
    framing:
      - { kind: frames, start: '07', bytes: 4, frameBytesMax: 4, silenceMs: 100 }
      - { kind: lines, lineBytesMax: 64, halfLineMaxMs: 200 }
    sends:
      kind: frames
      singles: '05 15'
      start: '02'
      bytes: 4
      checksum: { type: xor, from: 0, to: -1, at: -1 }
      frameBytesMax: 4
      silenceMs: 100
    messages:
      count:
        fields: [{ type: u8, const: 1 }, { type: u16, value: telemetry.people }]
        answer: '06'
      card: { frame: 1, text: 'CARD {event.uid}', emit: card }
      done: { frame: 1, text: OK }
    commands:
      reset: [{ fields: [{ type: u16, value: args.to }], reply: done }]
    polls:
      - { fields: [{ type: u8, const: 5 }], reply: count, everyMs: 1000 }
vectors: []
simulate: { initial: { telemetry.people: 0 } }
`;
