import { useEffect, useState } from 'react';
import { holderPhoto } from '../adapters/photo-store.ts';

/** @param tag of the picture; null = the card shows none. @returns its address on this page */
export const usePhoto = (card: string, tag: string | null): string | null => {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (tag === null) return undefined;
    let made: string | undefined;
    let isOver = false;
    void holderPhoto(card, tag).then(
      (picture) => {
        if (isOver || picture === undefined) return;
        made = URL.createObjectURL(picture);
        setAddress(made);
      },
      () => undefined, // the place of the picture stays empty
    );
    return () => {
      isOver = true;
      setAddress(null);
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [card, tag]);
  return address;
};
