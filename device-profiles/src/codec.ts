import type { PushCodec } from './compile/http-push.ts';
import type { UsbHidCodec } from './compile/usb-hid.ts';
import type { PlainCodec } from './compiled.ts';

/** A binding of any wire, turned into functions. */
export type Codec = PlainCodec | UsbHidCodec | PushCodec;
