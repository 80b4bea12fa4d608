import type { Target } from '../../connect/target.ts';
import type { CopyReport } from '../report.ts';

/** A database to rehearse on; it goes when it is disposed of, and where its process is killed with the next run. */
export interface Copy extends AsyncDisposable {
  readonly target: Target;
  readonly report: CopyReport;
}
