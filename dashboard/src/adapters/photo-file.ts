/** As the server has it. */
const bytesMax = 200 * 1024;
const sideMax = 900;
const qualities = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4] as const;

const drawn = (picture: ImageBitmap, scale: number): HTMLCanvasElement => {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const pen = canvas.getContext('2d');
  if (pen !== null) {
    // A PNG may be see-through, and a JPEG is not.
    pen.fillStyle = '#ffffff';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  }
  return canvas;
};

const jpegOf = (canvas: HTMLCanvasElement, quality: number): Promise<Blob | null> =>
  new Promise((resolve) => {
    canvas.toBlob(resolve, 'image/jpeg', quality);
  });

/**
 * A photo from a camera, made small enough to be kept. Drawn anew also where it is small: what a
 * camera wrote into the file, such as the place, does not come along.
 * @returns null where the file is no picture
 */
export const shrinkPhoto = async (file: Blob): Promise<Blob | null> => {
  const picture = await createImageBitmap(file).catch(() => null);
  if (picture === null) return null;
  const canvas = drawn(picture, Math.min(1, sideMax / Math.max(picture.width, picture.height)));
  for (const quality of qualities) {
    const photo = await jpegOf(canvas, quality);
    if (photo === null) return null;
    if (photo.size <= bytesMax) return photo;
  }
  return null;
};
