import type { DemoHoldBody, HeldThingView, ScannerView } from '@gatehouse/protocols';
import { request } from '../adapters/http.ts';

/** Demo: what hands hold that is no phone. */
export const heldRoutes = {
  things: () => request<HeldThingView[]>('GET', '/api/demo/things'),
  hold: (device: string, what: DemoHoldBody['what']) =>
    request<ScannerView>('POST', '/api/demo/hold', { device, what }),
} as const;
