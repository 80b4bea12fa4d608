/** Every refusal of the API: the closed table of its codes, with status and title. Codes are never reused. */
export const PROBLEMS = {
  AUTH_MISSING: [401, 'No instance token was sent'],
  AUTH_INVALID: [401, 'The instance token is not one that Wix signed for this app'],
  AUTH_EXPIRED: [401, 'The instance token is too old, or of the future'],
  INSTANCE_UNKNOWN: [403, 'This site has not installed the app'],
  STATE_INVALID: [400, 'The installation was not begun here, or too long ago'],
  SIGNATURE_INVALID: [401, 'The event is not signed by Wix'],
  REQUEST_MALFORMED: [400, 'This is no request that can be read'],
  REQUEST_TOO_SLOW: [408, 'The request did not come in time'],
  HEADERS_TOO_LARGE: [431, 'The headers are too large'],
  BODY_INVALID: [400, 'The body is not JSON in UTF-8'],
  BODY_TOO_LARGE: [413, 'The body is too large'],
  INPUT_INVALID: [422, 'The input is not as described'],
  CURSOR_INVALID: [400, 'The cursor is not one that this list gave'],
  NOT_FOUND: [404, 'There is no such thing'],
  CREDITS_TOO_FEW: [402, 'Too few credits are left'],
  KEY_REUSED: [422, 'The idempotency key belongs to another request'],
  JOB_ENDED: [409, 'The job has ended'],
  NOTHING_TO_DO: [422, 'The collections hold no products'],
  PUBLISH_REFUSED: [409, 'Some items were not published'],
  RATE_LIMITED: [429, 'Too many requests'],
  WIX_FAILED: [502, 'Wix did not answer as it should'],
  UNAVAILABLE: [503, 'The service cannot answer right now'],
  INTERNAL: [500, 'Something went wrong here'],
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** A refusal on its way to the client. `detail` and `more` are shown: no secret and nothing of another tenant belongs there. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly more: Readonly<Record<string, unknown>>;

  constructor(code: ProblemCode, detail: string, more: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(detail, cause === undefined ? undefined : { cause });
    this.name = 'Problem';
    this.code = code;
    this.more = more;
  }

  get status(): (typeof PROBLEMS)[ProblemCode][0] {
    return PROBLEMS[this.code][0];
  }

  /** A problem document of RFC 9457. */
  toDocument(requestId: string): object {
    const [status, title] = PROBLEMS[this.code];
    const type = `urn:optimizer:problem:${this.code.toLowerCase().replaceAll('_', '-')}`;
    return { type, title, status, detail: this.message, code: this.code, requestId, ...this.more };
  }
}
