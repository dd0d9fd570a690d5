import type { Codec } from '../codec.ts';
import type { Binding } from '../language/bindings.ts';
import type { DeviceProfile } from '../language/profile.ts';

/** Both versions of one binding, the old one first, ready to be tried out. */
export type Two<B extends Binding, C extends Codec> = {
  readonly name: string;
  readonly profiles: readonly [DeviceProfile, DeviceProfile];
  readonly bindings: readonly [B, B];
  readonly codecs: readonly [C, C];
};
