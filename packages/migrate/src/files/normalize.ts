import { hash } from 'node:crypto';

/** The text that is stored, run and compared: no byte order mark, line feeds only. */
export function normalizeText(text: string): string {
  return text
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .replaceAll('\r', '\n');
}

/** SHA-256 of a normalised text, 64 hex digits: the same on every platform and with every editor's line ends. */
export function checksum(normalized: string): string {
  return hash('sha256', normalized);
}
