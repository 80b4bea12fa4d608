/** A difference between the live catalog and the migrations that somebody has looked at and accepts. */
export interface AllowedDrift {
  /** The object as `db drift` names it, `<kind> <name>`, for example `index bot.idx_x`; `*` at the end stands for any rest. */
  readonly object: string;
  /** Why it may differ, and until when. */
  readonly reason: string;
}
