import { useEffect, useState } from 'react';
import { openLiveStream } from '../../adapters/live-stream.ts';

export type Streamed<View> = {
  readonly view: View | null;
  /** False while what is shown may be old. */
  readonly isLive: boolean;
  readonly put: (view: View) => void;
};

/** A view that the server says anew whenever it has changed. */
export const useViewStream = <View>(path: string, event: string): Streamed<View> => {
  const [view, setView] = useState<View | null>(null);
  const [isLive, setLive] = useState(false);
  useEffect(
    () =>
      openLiveStream(path, {
        onAlive: () => {
          setLive(true);
        },
        onLost: () => {
          setLive(false);
        },
        onMessage: (message) => {
          if (message.event !== event) return;
          // Our own server, of the same contract.
          setView(JSON.parse(message.data) as View);
        },
      }),
    [path, event],
  );
  return { view, isLive, put: setView };
};
