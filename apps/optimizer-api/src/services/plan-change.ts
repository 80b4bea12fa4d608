export interface Balance {
  readonly planId: string;
  readonly creditsTotal: number;
  readonly creditsUsedMonth: number;
}

export interface PlanTerms {
  readonly id: string;
  readonly priceCents: number;
  readonly monthlyCredits: number;
}

export interface PlanChange {
  readonly planId: string;
  readonly creditsTotal: number;
  readonly creditsUsedMonth: number;
  /** What the ledger notes. */
  readonly balanceChange: number;
}

/** What a change of plan does to a shop's credits. Pure. The same plan: nothing (undefined). To free: the free plan's credits, whatever was
 *  left. A dearer plan: its credits are added to what is left. A cheaper one: what is left stays. */
export function planChange(shop: Balance, from: PlanTerms, to: PlanTerms): PlanChange | undefined {
  if (from.id === to.id) return undefined;
  const left = shop.creditsTotal - shop.creditsUsedMonth;
  if (to.id === 'free') return fresh(to.id, to.monthlyCredits, left);
  if (to.priceCents > from.priceCents) return fresh(to.id, left + to.monthlyCredits, left);
  return { planId: to.id, creditsTotal: shop.creditsTotal, creditsUsedMonth: shop.creditsUsedMonth, balanceChange: 0 };
}

function fresh(planId: string, creditsTotal: number, left: number): PlanChange {
  return { planId, creditsTotal, creditsUsedMonth: 0, balanceChange: creditsTotal - left };
}
