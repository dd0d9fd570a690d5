import { useEffect, useRef } from 'react';
import { encode } from 'uqr';

/** 122 characters fill version 5-M exactly; another version would be another text. */
const passVersion = 5;
const quietModules = 4;

const draw = (canvas: HTMLCanvasElement, text: string, widthPx: number): void => {
  const { data, size, version } = encode(text, { ecc: 'M', boostEcc: false, border: 0 });
  if (version !== passVersion) throw new Error(`a pass is a QR code of version 5, not ${version}`);
  const modules = size + 2 * quietModules;
  // Whole device pixels a module: scanners read sharp edges further away.
  const scale = Math.max(1, Math.floor((widthPx * devicePixelRatio) / modules));
  const side = modules * scale;
  canvas.width = side;
  canvas.height = side;
  canvas.style.width = `${side / devicePixelRatio}px`;
  canvas.style.height = `${side / devicePixelRatio}px`;
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.fillStyle = '#FFFFFF';
  context.fillRect(0, 0, side, side);
  context.fillStyle = '#000000';
  data.forEach((row, y) => {
    row.forEach((isDark, x) => {
      if (!isDark) return;
      context.fillRect((x + quietModules) * scale, (y + quietModules) * scale, scale, scale);
    });
  });
};

/** The code as pixels alone: its text stands nowhere in the page. Its button says what it is. */
export const QrCode = ({ text }: { readonly text: string }) => {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const paint = (): void => {
      if (frame.current === null || canvas.current === null) return;
      draw(canvas.current, text, frame.current.clientWidth);
    };
    paint();
    addEventListener('resize', paint);
    return () => {
      removeEventListener('resize', paint);
    };
  }, [text]);
  return (
    <div className="qr" ref={frame}>
      <canvas ref={canvas} aria-hidden="true" />
    </div>
  );
};
