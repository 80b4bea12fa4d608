import { z } from 'zod';
import { requestJson } from '../net/request-json.ts';
import { WIX_BUDGET } from './budget.ts';

export interface WixTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: Date;
}

export interface WixSite {
  readonly instanceId: string;
  readonly siteHost: string;
}

/** Wix names no lifetime in this flow; its documentation says five minutes. */
const LIFETIME_S = 300;

const tokensSchema = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.number().positive().optional(),
});
const instanceSchema = z.object({
  instance: z.object({ instanceId: z.string().regex(/^[\w-]{1,64}$/) }),
  site: z.object({ url: z.string().nullish() }).nullish(),
});

/** Wix' OAuth endpoints of apps with custom authentication.
 *  Source: Wix REST reference, OAuth 2 and App Instance */
export class WixOauth {
  readonly #baseUrl: string;
  readonly #client: { readonly client_id: string; readonly client_secret: string };

  constructor(baseUrl: string, appId: string, appSecret: string) {
    this.#baseUrl = baseUrl;
    this.#client = { client_id: appId, client_secret: appSecret };
  }

  /** Tokens for a code that Wix has just handed out; a code works once, so there is one try.
   *  @throws {OutsideError} */
  exchangeCode(code: string): Promise<WixTokens> {
    return this.#access({ grant_type: 'authorization_code', code }, 1);
  }

  /** @throws {OutsideError} */
  refresh(refreshToken: string): Promise<WixTokens> {
    return this.#access({ grant_type: 'refresh_token', refresh_token: refreshToken }, WIX_BUDGET.attemptsMax);
  }

  /** Whose token it is: Wix' word, not that of whoever called us.
   *  @throws {OutsideError} */
  async site(accessToken: string): Promise<WixSite> {
    const { instance, site } = await requestJson({
      service: 'wix',
      url: `${this.#baseUrl}/apps/v1/instance`,
      headers: { authorization: accessToken },
      schema: instanceSchema,
      budget: WIX_BUDGET,
    });
    const url = site?.url ?? '';
    return { instanceId: instance.instanceId, siteHost: URL.canParse(url) ? new URL(url).host : '' };
  }

  async #access(grant: object, attemptsMax: number): Promise<WixTokens> {
    const answer = await requestJson({
      service: 'wix',
      url: `${this.#baseUrl}/oauth/access`,
      method: 'POST',
      body: { ...this.#client, ...grant },
      schema: tokensSchema,
      budget: { ...WIX_BUDGET, attemptsMax },
    });
    return {
      accessToken: answer.access_token,
      refreshToken: answer.refresh_token,
      expiresAt: new Date(Date.now() + (answer.expires_in ?? LIFETIME_S) * 1_000),
    };
  }
}
