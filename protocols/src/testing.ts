/** Vectors for the tests of other packages; nothing that ships imports this. */
export { passVectors } from './pass/pass.vectors.ts';
export type { PassVector } from './pass/pass.vectors.ts';
export { uidVectors } from './card/uid.vectors.ts';
export { checksumVectors } from './checksum/checksum.vectors.ts';
export { fieldRefusals, fieldVectors } from './codec/field.vectors.ts';
export type { FieldRefusal, FieldVector } from './codec/field.vectors.ts';
export { frameVectors } from './framing/frame.vectors.ts';
export type { FrameVector } from './framing/frame.vectors.ts';
export { lineVectors } from './framing/line.vectors.ts';
export { frameTrials, outputsOf } from './framing/testing/frame-trials.ts';
export type { FrameTrial } from './framing/testing/frame-trials.ts';
export { modbusReads, modbusWrites, rtuVectors } from './modbus/modbus.vectors.ts';
