import type { Db } from '@repo/db';

export type OptimizerDb = Db<'optimizer'>;

/** A transaction on the optimizer's tables; every query takes one, and the caller says whose. */
export type Tx = Parameters<Parameters<OptimizerDb['transaction']>[0]>[0];
