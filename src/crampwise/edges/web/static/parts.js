// Where a row of timed parts is after so many milliseconds. Only the clock decides, so a device that slept is right again at once.
export const total = (parts) => parts.reduce((sum, part) => sum + part.seconds * 1000, 0);

export function at(parts, elapsed) {
  let left = elapsed;
  for (const [index, part] of parts.entries()) {
    const length = part.seconds * 1000;
    if (left < length) return { index, left: length - left };
    left -= length;
  }
  return { index: parts.length, left: 0 };
}
