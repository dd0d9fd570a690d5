export { readModelFiles } from './adapters/model-files.ts';
export type { ModelFile } from './adapters/model-files.ts';
export * from './catalogue.ts';
export { sampleParams } from './check/compiled-rules.ts';
export * from './checked-profile.ts';
export * from './checked-yaml.ts';
export { compileProfile } from './compile/compile.ts';
export { compileHttpPush } from './compile/http-push.ts';
export type {
  PushCodec,
  PushedRequest,
  PushRead,
  PushStep,
  ToldRequest,
} from './compile/http-push.ts';
export type { PushedAnswer, PushOutcome } from './compile/push-answer.ts';
export { compileUsbHid, deskEventBytes, typedKeys } from './compile/usb-hid.ts';
export type { UsbHidCodec } from './compile/usb-hid.ts';
export type * from './codec.ts';
export * from './compiled.ts';
export type { Change } from './diff/change.ts';
export { diffProfiles } from './diff/diff-profiles.ts';
export type { ProfileDiff } from './diff/diff-profiles.ts';
export * from './errors.ts';
export { heard } from './frames.ts';
export type { Heard } from './frames.ts';
export * from './language/bindings.ts';
export * from './language/http-push.ts';
export * from './language/model.ts';
export * from './language/profile.ts';
export { isSecretArg } from './language/secrets.ts';
export * from './language/simulate.ts';
export * from './language/units.ts';
export * from './language/usb-hid.ts';
export * from './language/values.ts';
export * from './language/vectors.ts';
export * from './language/vocabulary.table.ts';
export { isCopied } from './vectors/copied.ts';
export { bytesOfHex, hexText } from './vectors/report.ts';
export type { Coverage, VectorReport, VectorResult } from './vectors/report.ts';
export { runVectors } from './vectors/run-vectors.ts';
