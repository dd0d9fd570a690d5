/**
 * Watches the bytes of one MQTT connection for packets that are longer than allowed, before anybody
 * collects them in memory: a packet's length stands in its first two to five bytes
 * (MQTT 3.1.1 §2.2.3).
 */
export type PacketMeter = {
  /** @returns false where a packet is too long or its length is no length: end the connection */
  readonly see: (chunk: Uint8Array) => boolean;
};

const lengthBytesMax = 4;

export const createPacketMeter = (packetBytesMax: number): PacketMeter => {
  /** Bytes of the running packet that are still to come. */
  let left = 0;
  let lengthBytes = 0;
  let length = 0;
  let inHeader = false;

  const seeLength = (byte: number): boolean => {
    length += (byte & 0x7f) * 128 ** lengthBytes;
    lengthBytes += 1;
    if (length > packetBytesMax) return false;
    if ((byte & 0x80) !== 0) return lengthBytes < lengthBytesMax;
    left = length;
    inHeader = false;
    return true;
  };

  return {
    see: (chunk) => {
      let at = 0;
      while (at < chunk.length) {
        if (left > 0) {
          const taken = Math.min(left, chunk.length - at);
          left -= taken;
          at += taken;
        } else if (inHeader) {
          if (!seeLength(chunk[at] ?? 0)) return false;
          at += 1;
        } else {
          inHeader = true;
          lengthBytes = 0;
          length = 0;
          at += 1;
        }
      }
      return true;
    },
  };
};
