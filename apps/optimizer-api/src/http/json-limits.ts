const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const OPENS = new Set([0x5b, 0x7b]);
const CLOSES = new Set([0x5d, 0x7d]);

export interface JsonLimits {
  /** Arrays and objects in each other. */
  readonly depthMax: number;
  /** Fields of all objects together. */
  readonly fieldsMax: number;
}

/** Whether a JSON text is within the limits. It reads the text and builds nothing: two million brackets, or some 100,000 different fields,
 *  keep JSON.parse and what comes behind it, and with them every other request, for seconds. */
export function isWithin(text: string, { depthMax, fieldsMax }: JsonLimits): boolean {
  let [depth, fields, isInString] = [0, 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (isInString && char === BACKSLASH) at += 1;
    else if (char === QUOTE) isInString = !isInString;
    else if (isInString) continue;
    else if (OPENS.has(char)) depth += 1;
    else if (CLOSES.has(char)) depth -= 1;
    else if (char === COLON) fields += 1;
    if (depth > depthMax || fields > fieldsMax) return false;
  }
  return true;
}
