import { useRef } from 'react';
import type { MouseEvent, PointerEvent } from 'react';

const swipeMinPx = 56;
/** From here on a finger strokes and no longer presses. */
const strokeMinPx = 10;
const followMaxPx = 72;

type Stroke = { readonly x: number; readonly y: number; readonly id: number };

const acrossOf = (stroke: Stroke, event: PointerEvent): number => {
  const across = event.clientX - stroke.x;
  // A page that is scrolled moves mostly up or down.
  return Math.abs(across) > 2 * Math.abs(event.clientY - stroke.y) ? across : 0;
};

/**
 * A sideways stroke over an element, by finger, pen or mouse. The element follows by `--drag`, and
 * the press that ends a stroke is none.
 */
export const useSwipe = (onSwipe: () => void) => {
  const stroke = useRef<Stroke | null>(null);
  const wasStroke = useRef(false);
  const end = (element: HTMLElement): void => {
    stroke.current = null;
    element.style.removeProperty('--drag');
  };
  return {
    onPointerDown: ({ clientX, clientY, pointerId, isPrimary }: PointerEvent<HTMLElement>) => {
      wasStroke.current = false;
      stroke.current = isPrimary ? { x: clientX, y: clientY, id: pointerId } : null;
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (stroke.current?.id !== event.pointerId) return;
      const across = acrossOf(stroke.current, event);
      if (Math.abs(across) < strokeMinPx) return;
      wasStroke.current = true;
      const shown = Math.max(-followMaxPx, Math.min(followMaxPx, across));
      event.currentTarget.style.setProperty('--drag', `${shown}px`);
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      const across = stroke.current === null ? 0 : acrossOf(stroke.current, event);
      end(event.currentTarget);
      if (Math.abs(across) >= swipeMinPx) onSwipe();
    },
    onPointerCancel: (event: PointerEvent<HTMLElement>) => {
      end(event.currentTarget);
    },
    onPointerLeave: (event: PointerEvent<HTMLElement>) => {
      end(event.currentTarget);
    },
    onClickCapture: (event: MouseEvent) => {
      if (wasStroke.current) event.stopPropagation();
      wasStroke.current = false;
    },
  };
};
